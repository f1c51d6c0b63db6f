import { DataResponse, ErrorBody, QualityResponse, SourcesResponse } from "@orion/trade/wire";
import { describe, expect, it } from "vitest";
import { createServer } from "../createServer.ts";
import { fakeData, fakeQuality, fakeSources } from "../testing/fakePipeline.ts";
import { fakeServer } from "../testing/fakeServer.ts";

const fakes = fakeServer();
const { ask, post } = fakes;

describe("what is stored", () => {
  it("is answered as the wire says", async () => {
    const stored = await ask({ url: "/api/data" });
    expect(DataResponse.parse(stored.json())).toEqual(fakeData);
    const sources = await ask({ url: "/api/data/sources" });
    expect(SourcesResponse.parse(sources.json())).toEqual(fakeSources);
    const quality = await ask({ url: "/api/data/quality?symbol=BTCUSDT&timeframe=5m&market=futures" });
    expect(QualityResponse.parse(quality.json())).toEqual(fakeQuality);
  });

  it.each([
    ["/api/data/quality", "symbol"],
    ["/api/data/quality?symbol=btc", "symbol"],
    ["/api/data/quality?symbol=BTCUSDT&timeframe=5x", "timeframe"],
    ["/api/data/quality?symbol=BTCUSDT&market=moon", "market"],
    ["/api/data/quality?symbol=BTCUSDT&places=1", "places"],
    ["/api/data?symbol=BTCUSDT", "symbol"],
    ["/api/bars?market=moon", "market"],
    ["/api/bars?side=left", "side"],
    ["/api/bars?kind=funding", "kind"],
    ["/api/bars?limit=5001", "limit"],
  ])("%s is refused with '%s' named", async (url, field) => {
    const answer = await ask({ url });
    fakes.expectRefused(answer, field);
  });

  it("a symbol that is not there is 404, one whose bars are damaged 422", async () => {
    for (const url of ["/api/data/quality?symbol=NOTHING", "/api/bars?symbol=NOTHING"]) {
      const answer = await ask({ url });
      expect(answer.statusCode).toBe(404);
      expect(ErrorBody.parse(answer.json())).toMatchObject({
        code: 3,
        error: expect.stringContaining("NOTHING"),
      });
    }
    const damaged = await ask({ url: "/api/data/quality?symbol=BTCUSDT&timeframe=1m" });
    expect(damaged.statusCode).toBe(422);
    expect(damaged.json().error).toContain("cut short");
  });

  it("is for the page alone", async () => {
    for (const url of ["/api/data", "/api/data/sources", "/api/data/quality?symbol=BTCUSDT", "/data"]) {
      expect((await fakes.server.app.inject({ url, headers: { host: "evil.example" } })).statusCode).toBe(
        403,
      );
    }
  });
});

describe("a download", () => {
  const request = { source: "yahoo", symbols: ["SPY", "QQQ"], timeframe: "1d", since: "2024-01-01" };

  it("tells what was asked for, so that the same can be asked again", async () => {
    await post("/api/download-data", request);
    await post("/api/download-data/cancel", {});
    await expect.poll(() => fakes.server.jobs.download.status.state).toBe("cancelled");
    const status = (await ask({ url: "/api/download-status" })).json();
    expect(status.request).toEqual({ ...request, kind: "bars" });
    expect((await post("/api/download-data", status.request)).statusCode).toBe(202);
    expect(fakes.pipeline.calls.downloadData).toBe(2);
  });

  it.each([
    [{ source: "nasdaq" }, "source"],
    [{ symbols: [] }, "symbols"],
    [{ kind: "trades" }, "kind"],
    [{ timeframe: "5" }, "timeframe"],
    [{ until: "x" }, "until"],
  ])("with %j is refused", async (change, field) => {
    const answer = await post("/api/download-data", { ...request, ...change });
    fakes.expectRefused(answer, field);
  });

  it("of the large universe fits into a request", async () => {
    const symbols = Array.from({ length: 1453 }, (_, i) => `SYMBOL${i}`);
    expect((await post("/api/download-data", { ...request, symbols })).statusCode).toBe(202);
  });
});

describe("a check that nobody waits for any more", () => {
  it("is stopped", async () => {
    let isStopped = false;
    let started = (): void => {};
    const begun = new Promise<void>((resolve) => {
      started = resolve;
    });
    fakes.pipeline.qualityOf = (ctx) =>
      new Promise((_, reject) => {
        ctx.signal?.addEventListener("abort", () => {
          isStopped = true;
          reject(new DOMException("stopped", "AbortError"));
        });
        started();
      });
    const live = await createServer({
      workspace: "/nowhere",
      pipeline: fakes.pipeline,
      logLevel: "silent",
      port: 0,
    });
    const url = await live.listen();
    const reader = new AbortController();
    const answer = fetch(`${url}/api/data/quality?symbol=BTCUSDT`, { signal: reader.signal });
    answer.catch(() => {});
    await begun;
    reader.abort();
    await expect.poll(() => isStopped).toBe(true);
    await live.close();
  });
});
