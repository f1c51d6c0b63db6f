import {
  AuditStatus,
  ErrorBody,
  FeatureReport,
  FeaturesResponse,
  IndicatorResponse,
  IndicatorsResponse,
  LatestAudit,
} from "@orion/trade/wire";
import { describe, expect, it } from "vitest";
import {
  fakeAudit,
  fakeFeatures,
  fakeIndicator,
  fakeIndicators,
  fakeReport,
} from "../testing/fakeFeatures.ts";
import { fakeServer } from "../testing/fakeServer.ts";

const fakes = fakeServer();
const { ask, post } = fakes;
const sma = "/api/indicator?name=sma&symbol=BTCUSDT&timeframe=5m&from=2024-01-01&to=2024-02-01";

describe("features and indicators", () => {
  it("are answered as the wire says", async () => {
    expect(FeaturesResponse.parse((await ask({ url: "/api/features" })).json())).toEqual(fakeFeatures);
    const report = await ask({ url: "/api/features/report?recipe=orionquant&symbol=BTCUSDT" });
    expect(FeatureReport.parse(report.json())).toEqual(fakeReport);
    expect(IndicatorsResponse.parse((await ask({ url: "/api/indicators" })).json())).toEqual(fakeIndicators);
    const one = await ask({ url: `${sma}&params=period%3D2` });
    expect(IndicatorResponse.parse(one.json())).toEqual(fakeIndicator);
  });

  it.each([
    ["/api/features?recipe=../../etc/passwd", "recipe"],
    ["/api/features?recipe=mine.yaml", "recipe"],
    ["/api/features?symbol=BTCUSDT", "symbol"],
    ["/api/features/report?symbol=btc", "symbol"],
    ["/api/features/report?limit=1", "limit"],
    ["/api/indicators?name=sma", "name"],
    ["/api/indicator?name=sma&symbol=BTCUSDT&timeframe=5m", "from"],
    [sma.replace("sma", "..%2F"), "name"],
    [sma.replace("5m", "5x"), "timeframe"],
    [`${sma}&params=${"x".repeat(201)}`, "params"],
    [`${sma}&file=a.csv`, "file"],
  ])("%s is refused with '%s' named", async (url, field) => {
    const answer = await ask({ url });
    fakes.expectRefused(answer, field);
  });

  it.each([
    ["/api/features?recipe=no-such", 400, "no recipe 'no-such'"],
    [`${sma}&params=period%3D0`, 400, "'period' = 0 is not possible"],
    ["/api/features/report?symbol=NOTHING", 404, "NOTHING"],
    [sma.replace("BTCUSDT", "NOTHING"), 404, "NOTHING"],
    ["/api/features/report?recipe=hybrid", 422, "AAPL 1d (stock) is not stored"],
  ])("%s answers %i in one line", async (url, status, line) => {
    const answer = await ask({ url });
    expect(answer.statusCode).toBe(status);
    expect(ErrorBody.parse(answer.json()).error).toContain(line);
  });

  it("are for the page alone", async () => {
    for (const url of ["/api/features", "/api/features/report", "/api/indicators", sma, "/features"])
      expect((await fakes.server.app.inject({ url, headers: { host: "evil.example" } })).statusCode).toBe(
        403,
      );
    const foreign = await ask({
      method: "POST",
      url: "/api/audit/leakage",
      payload: {},
      headers: { origin: "http://evil.example" },
    });
    expect(foreign.statusCode).toBe(403);
    expect(fakes.pipeline.calls).toEqual({});
  });
});

describe("an audit", () => {
  it("runs once at a time, tells how far it is, and keeps its report", async () => {
    expect(LatestAudit.parse((await ask({ url: "/api/audit/leakage" })).json())).toEqual({ run: null });
    const started = await post("/api/audit/leakage", { recipe: "orionquant" });
    expect(started.statusCode).toBe(202);
    expect(AuditStatus.parse(started.json())).toMatchObject({
      ...{ state: "running", stage: "training", done: 3, total: 28, secondsLeft: 40 },
      request: { recipe: "orionquant", quick: true },
    });
    const second = await post("/api/audit/leakage");
    expect(second.statusCode).toBe(409);
    expect(second.json().error).toContain("an audit is running already");
    fakes.pipeline.finishAudit();
    await expect.poll(() => fakes.server.jobs.audit.status.state).toBe("done");
    expect(LatestAudit.parse((await ask({ url: "/api/audit/leakage" })).json()).run).toEqual(fakeAudit);
  });

  it("is cancelled, and keeps the report of before", async () => {
    expect((await post("/api/audit/cancel")).statusCode).toBe(409);
    await post("/api/audit/leakage");
    expect((await post("/api/audit/cancel")).statusCode).toBe(202);
    await expect.poll(() => fakes.server.jobs.audit.status.state).toBe("cancelled");
    expect((await ask({ url: "/api/audit-status" })).json().error).toBeNull();
    expect((await post("/api/audit/leakage")).statusCode).toBe(202);
  });

  it("of a recipe that is not there is refused in the answer", async () => {
    const answer = await post("/api/audit/leakage", { recipe: "no-such" });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error).toContain("no-such");
    for (const [body, field] of [
      [{ rows: 0 }, "rows"],
      [{ rows: 1.5 }, "rows"],
      [{ quick: "yes" }, "quick"],
      [{ seed: 1 }, "seed"],
    ] as const) {
      const refused = await post("/api/audit/leakage", body);
      expect(refused.statusCode).toBe(400);
      expect(refused.json().error).toContain(field);
    }
  });
});
