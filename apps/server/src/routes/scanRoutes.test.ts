import {
  ErrorBody,
  KeptScanExplanation,
  LatestScan,
  ScanExplanationStatus,
  ScanModelResponse,
  ScanStatus,
} from "@orion/trade/wire";
import { describe, expect, it } from "vitest";
import { fakeExplanation, fakeScan, fakeScanModels } from "../testing/fakeScan.ts";
import { fakeServer } from "../testing/fakeServer.ts";

const fakes = fakeServer();
const { ask, post } = fakes;
const last = async () => LatestScan.parse((await ask({ url: "/api/scan" })).json()).run;

describe("a scan", () => {
  it("runs once at a time, tells how far it is, and keeps its answer", async () => {
    expect(await last()).toBeNull();
    const started = await post("/api/scan", { recipe: "scanner", at: "2020-01-01", top: 5 });
    expect(started.statusCode).toBe(202);
    expect(ScanStatus.parse(started.json())).toMatchObject({
      ...{ state: "running", stage: "reading bars", done: 100, total: 250, secondsLeft: 1 },
      request: { recipe: "scanner", at: "2020-01-01", top: 5 },
    });
    const second = await post("/api/scan");
    expect(second.statusCode).toBe(409);
    expect(second.json().error).toContain("a scan is running already");
    fakes.pipeline.finishScan();
    await expect.poll(() => fakes.server.jobs.scan.status.state).toBe("done");
    expect((await last())?.response).toEqual(fakeScan);
    expect((await last())?.request).toEqual({ recipe: "scanner", at: "2020-01-01", top: 5 });
  });

  it("is cancelled, and what was found before stays", async () => {
    expect((await post("/api/scan/cancel")).statusCode).toBe(409);
    await post("/api/scan");
    fakes.pipeline.finishScan();
    await expect.poll(() => fakes.server.jobs.scan.status.state).toBe("done");
    await post("/api/scan", { top: 3 });
    expect((await post("/api/scan/cancel")).statusCode).toBe(202);
    await expect.poll(() => fakes.server.jobs.scan.status.state).toBe("cancelled");
    expect(ScanStatus.parse((await ask({ url: "/api/scan-status" })).json()).error).toBeNull();
    expect((await last())?.request).toEqual({});
    expect((await post("/api/scan")).statusCode).toBe(202);
  });

  it.each([
    [{ top: 0 }, "top"],
    [{ top: -1 }, "top"],
    [{ top: 1001 }, "top"],
    [{ top: 1.5 }, "top"],
    [{ top: "many" }, "top"],
    [{ recipe: "../../etc/passwd" }, "recipe"],
    [{ model: "A MODEL" }, "model"],
    [{ at: "x" }, "at"],
    [{ symbols: ["AAPL"] }, "symbols"],
  ])("%j is refused with '%s' named", async (body, field) => {
    const answer = await post("/api/scan", body);
    fakes.expectRefused(answer, field);
  });

  it("that cannot be is refused in the answer, and its status says why", async () => {
    const missing = await post("/api/scan", { recipe: "no-such" });
    expect(missing.statusCode).toBe(422);
    expect(ErrorBody.parse(missing.json()).error).toContain("has no model yet");
    expect(fakes.server.jobs.scan.status).toMatchObject({
      state: "failed",
      error: expect.stringContaining("no model"),
    });
    expect((await post("/api/scan", { at: "yesterday" })).statusCode).toBe(400);
    expect(await last()).toBeNull();
  });
});

describe("the explanation of a candidate", () => {
  const about = (symbol: string, at = "2020-01-01T00:00:00Z") => ({ model: "scanner-0a1b2c", symbol, at });
  const kept = async (query: Record<string, string>) => {
    const answer = await ask({ url: `/api/scan/explanation?${new URLSearchParams(query)}` });
    return KeptScanExplanation.parse(answer.json()).run;
  };
  const explain = async (query: Record<string, string>) => {
    expect((await post("/api/scan/explanation", query)).statusCode).toBe(202);
    fakes.pipeline.finishExplanation();
    await expect.poll(() => fakes.server.jobs.explanation.status.state).toBe("done");
  };

  it("is looked for once at a time, tells how far it is, and is kept by candidate and moment", async () => {
    const other = about("OTHER");
    expect(await kept(other)).toBeNull();
    const started = await post("/api/scan/explanation", other);
    expect(started.statusCode).toBe(202);
    expect(ScanExplanationStatus.parse(started.json())).toMatchObject({
      ...{ state: "running", stage: "timeframe networks", done: 1, total: 6, request: other },
    });
    // a scan may go on meanwhile, another explanation may not
    expect((await post("/api/scan")).statusCode).toBe(202);
    const second = await post("/api/scan/explanation", about("MADE"));
    expect(second.statusCode).toBe(409);
    expect(second.json().error).toContain("an explanation is running already");
    fakes.pipeline.finishExplanation();
    await expect.poll(() => fakes.server.jobs.explanation.status.state).toBe("done");
    const run = await kept(other);
    expect(run?.request).toEqual(other);
    expect(run?.explanation).toEqual(fakeExplanation);
    expect(await kept(about("MADE"))).toBeNull();
    expect(await kept(about("OTHER", "2019-06-01"))).toBeNull();
    await explain(about("MADE"));
    expect((await kept(about("MADE")))?.explanation.symbol).toBe("MADE");
    expect((await kept(other))?.explanation.symbol).toBe("OTHER");
  });

  it("is cancelled, and what was found before stays", async () => {
    expect((await post("/api/scan/explanation/cancel")).statusCode).toBe(409);
    await explain(about("OTHER"));
    await post("/api/scan/explanation", about("MADE"));
    expect((await post("/api/scan/explanation/cancel")).statusCode).toBe(202);
    await expect.poll(() => fakes.server.jobs.explanation.status.state).toBe("cancelled");
    expect(
      ScanExplanationStatus.parse((await ask({ url: "/api/scan/explanation-status" })).json()).error,
    ).toBeNull();
    expect(await kept(about("MADE"))).toBeNull();
    expect((await kept(about("OTHER")))?.explanation.symbol).toBe("OTHER");
  });

  it("of the newest fifty is kept", async () => {
    for (let i = 0; i < 51; i++) await explain(about(`S${i}`));
    expect(await kept(about("S0"))).toBeNull();
    expect((await kept(about("S1")))?.explanation.symbol).toBe("S1");
    expect((await kept(about("S50")))?.explanation.symbol).toBe("S50");
  });

  it.each([
    [{ model: "scanner-0a1b2c", at: "2020-01-01" }, "symbol"],
    [{ model: "A MODEL", symbol: "OTHER", at: "2020-01-01" }, "model"],
    [{ symbol: "OTHER", at: "2020-01-01" }, "model"],
    [{ model: "scanner-0a1b2c", symbol: "../x", at: "2020-01-01" }, "symbol"],
    [{ model: "scanner-0a1b2c", symbol: "OTHER" }, "at"],
    [{ model: "scanner-0a1b2c", symbol: "OTHER", at: "2020-01-01", output: "SELL" }, "output"],
  ])("%j is refused with '%s' named", async (body, field) => {
    const answers = [
      await post("/api/scan/explanation", body),
      await ask({ url: `/api/scan/explanation?${new URLSearchParams({ ...body })}` }),
    ];
    for (const answer of answers) {
      expect(answer.statusCode).toBe(400);
      const { error, code } = ErrorBody.parse(answer.json());
      expect(code).toBe(2);
      expect(error).toContain(field);
      expect(error).not.toContain("\n");
    }
    expect(fakes.pipeline.calls).toEqual({});
  });

  it("that cannot be is refused in the answer, and its status says why", async () => {
    const none = await post("/api/scan/explanation", about("CHEAP"));
    expect(none.statusCode).toBe(422);
    expect(ErrorBody.parse(none.json()).error).toContain("CHEAP is no candidate");
    expect(fakes.server.jobs.explanation.status).toMatchObject({
      state: "failed",
      error: expect.stringContaining("no candidate"),
    });
    const unboosted = await post("/api/scan/explanation", { ...about("OTHER"), model: "unboosted" });
    expect(unboosted.statusCode).toBe(400);
    expect(await kept(about("CHEAP"))).toBeNull();
  });
});

describe("the model of a scan", () => {
  it("is answered with its test; a recipe without one says how to get it", async () => {
    const found = await ask({ url: "/api/scan/model" });
    expect(ScanModelResponse.parse(found.json())).toEqual(fakeScanModels);
    const none = ScanModelResponse.parse((await ask({ url: "/api/scan/model?recipe=no-such" })).json());
    expect(none.model).toBeNull();
    expect(none.missing).toContain("train one");
  });

  it.each([
    ["/api/scan/model?recipe=..%2Fx", 400, "recipe"],
    ["/api/scan/model?model=%20", 400, "model"],
    ["/api/scan/model?top=3", 400, "top"],
    ["/api/scan?recipe=scanner", 400, "recipe"],
    ["/api/scan-status?job=1", 400, "job"],
    ["/api/scan/model?model=orionquant-1", 400, "scans nothing"],
    ["/api/scan/model?model=gone", 422, "no model gone"],
  ])("%s answers %i in one line", async (url, status, line) => {
    const answer = await ask({ url });
    expect(answer.statusCode).toBe(status);
    expect(ErrorBody.parse(answer.json()).error).toContain(line);
  });

  it("and the scan are for the page alone", async () => {
    for (const url of [
      ...["/api/scan", "/api/scan-status", "/api/scan/model", "/scan"],
      ...["/api/scan/explanation", "/api/scan/explanation-status"],
    ])
      expect((await fakes.server.app.inject({ url, headers: { host: "evil.example" } })).statusCode).toBe(
        403,
      );
    const headers = { origin: "http://evil.example" };
    for (const url of [
      ...["/api/scan", "/api/scan/cancel", "/api/scan/explanation", "/api/scan/explanation/cancel"],
    ])
      expect((await ask({ method: "POST", url, payload: {}, headers })).statusCode).toBe(403);
    expect(fakes.pipeline.calls).toEqual({});
  });
});
