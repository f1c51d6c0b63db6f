import { createServer as createNetServer } from "node:net";
import { UsageError } from "@orion/trade/core";
import {
  BacktestResponse,
  ErrorBody,
  ModelSummary,
  Prediction,
  RecipeSummary,
  StatusResponse,
} from "@orion/trade/wire";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createServer } from "./createServer.ts";
import { fakeModel } from "./testing/fakePipeline.ts";
import { fakeServer } from "./testing/fakeServer.ts";

const fakes = fakeServer();
const { ask, post } = fakes;

describe("answers", () => {
  it("are what the wire's schemas say", async () => {
    StatusResponse.parse((await ask({ url: "/api/status" })).json());
    z.array(ModelSummary).parse((await ask({ url: "/api/models" })).json());
    z.array(RecipeSummary).parse((await ask({ url: "/api/recipes" })).json());
    Prediction.parse((await ask({ url: "/api/predict" })).json());
    BacktestResponse.parse((await post("/api/backtest", {})).json());
  });

  it("list the newest model first and predict from it", async () => {
    const status = (await ask({ url: "/api/status" })).json();
    expect(status.model).toBe("orionquant-0a1b2c");
    const models = (await ask({ url: "/api/models" })).json();
    expect(models.map((m: { id: string }) => m.id)).toEqual(["orionquant-0a1b2c", "older"]);
  });

  it("take no model that scans many symbols for the one that signals, though it is newer", async () => {
    const older = { ...fakeModel, createdAt: "2024-01-01T00:00:00Z" };
    const scanner = { ...fakeModel, id: "scanner-1", createdAt: "2025-01-01T00:00:00Z", symbols: ["A", "B"] };
    fakes.pipeline.listModels = async () => [older, scanner];
    expect((await ask({ url: "/api/status" })).json().model).toBe(older.id);
    fakes.pipeline.listModels = async () => [scanner];
    expect((await ask({ url: "/api/status" })).json().model).toBeNull();
  });

  it("keep the last backtest for those who come later", async () => {
    expect((await ask({ url: "/api/backtest" })).json()).toEqual({ result: null });
    await post("/api/backtest", {});
    expect((await ask({ url: "/api/backtest" })).json().result.id).toBe("bt-1");
  });

  it("turn text in a query into numbers", async () => {
    const bars = await ask({ url: "/api/bars?symbol=BTCUSDT&timeframe=1h&limit=50" });
    expect(bars.statusCode).toBe(200);
    expect(bars.json().timeframe).toBe("1h");
  });
});

describe("bad input is refused with the field named", () => {
  it.each([
    ["POST", "/api/train", { epochs: 0 }, "epochs"],
    ["POST", "/api/train", { recipe: "../etc" }, "recipe"],
    ["POST", "/api/train", { profile: "huge" }, "profile"],
    ["POST", "/api/train", { epoch: 3 }, "epoch"],
    ["POST", "/api/backtest", { inSample: "yes" }, "inSample"],
    ["POST", "/api/download-data", { source: "binance", symbols: [], timeframe: "5m" }, "symbols"],
    ["POST", "/api/download-data", { source: "binance", symbols: ["btc"], timeframe: "5m" }, "symbols.0"],
    ["GET", "/api/bars?limit=0", undefined, "limit"],
    ["GET", "/api/bars?timeframe=5x", undefined, "timeframe"],
    ["GET", "/api/bars?symbols=BTCUSDT", undefined, "symbols"],
    ["GET", "/api/predict?model=A%20B", undefined, "model"],
  ] as const)("%s %s %j", async (method, url, payload, field) => {
    const answer = await ask({ method, url, ...(payload ? { payload } : {}) });
    fakes.expectRefused(answer, field);
  });

  it("broken JSON, text as a body, a body too large", async () => {
    const headers = { "content-type": "application/json" };
    const broken = await ask({ method: "POST", url: "/api/train", headers, payload: "{" });
    expect(broken.statusCode).toBe(400);
    const text = await ask({
      method: "POST",
      url: "/api/train",
      headers: { "content-type": "text/plain" },
      payload: "{}",
    });
    expect(text.statusCode).toBe(415);
    const large = await post("/api/train", { recipe: "a".repeat(70_000) });
    expect(large.statusCode).toBe(413);
    for (const answer of [broken, text, large]) ErrorBody.parse(answer.json());
    expect(fakes.pipeline.calls).toEqual({});
  });

  it("an unknown route", async () => {
    const answer = await ask({ url: "/api/nothing" });
    expect(answer.statusCode).toBe(404);
    ErrorBody.parse(answer.json());
  });
});

describe("faults of the work", () => {
  it.each([
    ["/api/predict?model=missing", 400, 2],
    ["/api/bars?symbol=NOTHING", 404, 3],
  ])("%s answers %i", async (url, status, code) => {
    const answer = await ask({ url });
    expect(answer.statusCode).toBe(status);
    expect(ErrorBody.parse(answer.json()).code).toBe(code);
  });

  it("a range inside the training range is refused unless it is said", async () => {
    const refused = await post("/api/backtest", { from: "2023-01-01" });
    expect(refused.statusCode).toBe(409);
    expect(ErrorBody.parse(refused.json()).code).toBe(4);
    expect((await post("/api/backtest", { from: "2023-01-01", inSample: true })).statusCode).toBe(200);
  });

  it("an unknown recipe is refused in the answer and told in the status", async () => {
    const answer = await post("/api/train", { recipe: "no-such" });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error).toContain("no-such");
    const status = (await ask({ url: "/api/training-status" })).json();
    expect(status.state).toBe("failed");
    expect(status.error).toContain("no-such");
  });

  it("a defect keeps its details to itself", async () => {
    const answer = await post("/api/train", { recipe: "defect" });
    expect(answer.statusCode).toBe(500);
    const status = await ask({ url: "/api/training-status" });
    for (const text of [answer.body, status.body]) {
      expect(text).not.toContain("secret");
      expect(text).not.toContain(".ts");
    }
  });

  it("an answer that is not a number never leaves", async () => {
    const answer = await ask({ url: "/api/predict?model=malformed" });
    expect(answer.statusCode).toBe(500);
    expect(ErrorBody.parse(answer.json()).code).toBe(1);
  });
});

describe("training", () => {
  it("runs once at a time, and another may follow", async () => {
    const first = await post("/api/train", { profile: "quick" });
    expect(first.statusCode).toBe(202);
    expect(first.json()).toMatchObject({
      state: "running",
      recipe: "orionquant",
      profile: "quick",
      epoch: 1,
    });
    const second = await post("/api/train", {});
    expect(second.statusCode).toBe(409);
    expect(second.json().error).toContain("running already");
    fakes.pipeline.finishTraining();
    await expect.poll(() => fakes.server.jobs.training.status.state).toBe("done");
    expect(fakes.server.jobs.training.status.modelId).toBe("orionquant-0a1b2c");
    expect((await post("/api/train", {})).statusCode).toBe(202);
    expect(fakes.pipeline.calls.trainRecipe).toBe(2);
  });

  it("is cancelled, once", async () => {
    await post("/api/train", {});
    expect((await post("/api/train/cancel", {})).statusCode).toBe(202);
    await expect.poll(() => fakes.server.jobs.training.status.state).toBe("cancelled");
    expect((await post("/api/train/cancel", {})).statusCode).toBe(409);
  });

  it("can be awaited by the process that serves", async () => {
    const seen: string[] = [];
    fakes.server.jobs.training.on((status) => seen.push(status.state));
    const result = fakes.server.jobs.train({ recipe: "orionquant", profile: "quick" });
    fakes.pipeline.finishTraining();
    expect((await result).id).toBe("orionquant-0a1b2c");
    expect(seen[0]).toBe("running");
    expect(seen.at(-1)).toBe("done");
  });
});

describe("download", () => {
  it("runs once at a time and is cancelled", async () => {
    const request = { source: "binance", symbols: ["BTCUSDT"], timeframe: "5m" };
    const started = await post("/api/download-data", request);
    expect(started.statusCode).toBe(202);
    expect(started.json()).toMatchObject({ state: "running", done: 1000, total: 5000, symbols: ["BTCUSDT"] });
    expect((await post("/api/download-data", request)).statusCode).toBe(409);
    expect((await post("/api/download-data/cancel", {})).statusCode).toBe(202);
    await expect.poll(() => fakes.server.jobs.download.status.state).toBe("cancelled");
  });
});

describe("who may ask", () => {
  it.each([
    "evil.example",
    "127.0.0.1:5001",
    "127.0.0.1",
    "evil.example:5000",
    "localhost.evil.example:5000",
    "",
  ])("Host '%s' is refused everywhere", async (host) => {
    for (const url of ["/api/status", "/", "/docs/json", "/api/nothing"]) {
      const answer = await fakes.server.app.inject({ url, headers: { host } });
      expect(answer.statusCode).toBe(403);
      expect(ErrorBody.parse(answer.json()).error).toContain("Host");
    }
  });

  it.each(["127.0.0.1:5000", "localhost:5000", "[::1]:5000", "LOCALHOST:5000"])(
    "Host '%s' is answered",
    async (host) => {
      expect((await fakes.server.app.inject({ url: "/api/status", headers: { host } })).statusCode).toBe(200);
    },
  );

  it.each([
    "https://evil.example",
    "null",
    "http://127.0.0.1:5001",
    "http://127.0.0.1:5000@evil.example",
    "http://127.0.0.1:5000.evil.example",
  ])("Origin %s may change nothing", async (origin) => {
    for (const url of ["/api/train", "/api/train/cancel", "/api/backtest", "/api/download-data"]) {
      const answer = await ask({ method: "POST", url, headers: { origin }, payload: {} });
      expect(answer.statusCode).toBe(403);
      expect(ErrorBody.parse(answer.json()).error).toContain("Origin");
    }
    expect(fakes.pipeline.calls).toEqual({});
  });

  it("the page itself may", async () => {
    const headers = { origin: "http://127.0.0.1:5000", "sec-fetch-site": "same-origin" };
    expect((await ask({ method: "POST", url: "/api/backtest", headers, payload: {} })).statusCode).toBe(200);
  });

  it("a configured name may", async () => {
    const named = await createServer({
      workspace: "/nowhere",
      pipeline: fakes.pipeline,
      logLevel: "silent",
      allowedHosts: ["orion.example", "other.example:8443"],
    });
    const statusOf = async (host: string): Promise<number> =>
      (await named.app.inject({ url: "/api/status", headers: { host } })).statusCode;
    expect(await statusOf("orion.example:8080")).toBe(200);
    expect(await statusOf("other.example:8443")).toBe(200);
    expect(await statusOf("other.example")).toBe(403);
    await named.close();
  });
});

describe("documentation", () => {
  it("lists every route", async () => {
    const document = (await ask({ url: "/docs/json" })).json();
    const listed = Object.entries(document.paths as Record<string, object>)
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
      .sort();
    expect(listed).toEqual([
      "GET /api/audit-status",
      "GET /api/audit/leakage",
      "GET /api/backtest",
      "GET /api/bars",
      "GET /api/data",
      "GET /api/data/quality",
      "GET /api/data/sources",
      "GET /api/download-status",
      "GET /api/features",
      "GET /api/features/report",
      "GET /api/indicator",
      "GET /api/indicators",
      "GET /api/models",
      "GET /api/predict",
      "GET /api/recipes",
      "GET /api/scan",
      "GET /api/scan-status",
      "GET /api/scan/explanation",
      "GET /api/scan/explanation-status",
      "GET /api/scan/model",
      "GET /api/status",
      "GET /api/training-status",
      "GET /ws",
      "POST /api/audit/cancel",
      "POST /api/audit/leakage",
      "POST /api/backtest",
      "POST /api/download-data",
      "POST /api/download-data/cancel",
      "POST /api/scan",
      "POST /api/scan/cancel",
      "POST /api/scan/explanation",
      "POST /api/scan/explanation/cancel",
      "POST /api/train",
      "POST /api/train/cancel",
    ]);
    expect(
      document.paths["/api/train"].post.requestBody.content["application/json"].schema.properties,
    ).toHaveProperty("epochs");
  });
});

describe("headers", () => {
  it("let the page load only its own files", async () => {
    const { headers } = await ask({ url: "/api/status" });
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain("unsafe");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["strict-transport-security"]).toBeUndefined();
  });
});

describe("the address", () => {
  it("a busy port is a usage error that names it", async () => {
    const other = createNetServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as { port: number };
    const late = await createServer({
      workspace: "/nowhere",
      pipeline: fakes.pipeline,
      logLevel: "silent",
      port,
    });
    const fault = await late.listen().catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(UsageError);
    expect((fault as UsageError).message).toContain(`port ${port}`);
    expect((fault as UsageError).message).toContain("--port");
    await late.close();
    other.close();
  });
});
