import { OrionError } from "@orion/trade/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { fakeModel, fakePrediction } from "../testing/fakePipeline.ts";
import { type ThreadPipeline, threadPipeline } from "./threadPipeline.ts";

let pipeline: ThreadPipeline;
const ctx = { workspace: "/some/workspace", now: Date.now };

beforeEach(() => {
  pipeline = threadPipeline({
    // a thread runs built files: build first (./orion test does)
    workerFile: new URL("../../dist/testing/fakeWorker.js", import.meta.url),
    graceMs: 300,
  });
});
afterEach(() => pipeline.close());

it("answers predictions while a training blocks its own thread, and this thread stays free", async () => {
  const order: string[] = [];
  const steps: number[] = [];
  const training = pipeline
    .trainRecipe(ctx, { recipe: "orionquant", profile: "quick", epochs: 400 }, (s) => {
      if (s.step !== undefined) steps.push(s.step);
    })
    .then((model) => {
      order.push("trained");
      return model;
    });
  await expect.poll(() => steps.length).toBeGreaterThan(0);
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);
  expect(await pipeline.predictLatest(ctx, {})).toEqual(fakePrediction);
  order.push("predicted");
  expect(await training).toEqual(fakeModel);
  clearInterval(timer);
  expect(order).toEqual(["predicted", "trained"]);
  expect(ticks).toBeGreaterThan(10);
  // fewer messages than steps, in order, the last one included
  expect(steps.length).toBeLessThan(200);
  expect(steps).toEqual([...steps].sort((a, b) => a - b));
  expect(steps.at(-1)).toBe(400);
});

it("a stopped training reaches its safe point though its thread never rests", async () => {
  const stop = new AbortController();
  let message: string | null | undefined;
  const training = pipeline.trainRecipe(
    { ...ctx, signal: stop.signal },
    { recipe: "orionquant", profile: "quick" },
    (s) => {
      message = s.message;
      stop.abort();
    },
  );
  await expect(training).rejects.toThrow();
  expect(message).toMatch(/^checkpoint at \d+$/);
});

it("work that does not stop loses its thread after the grace period", async () => {
  const stop = new AbortController();
  const training = pipeline.trainRecipe(
    { ...ctx, signal: stop.signal },
    { recipe: "deaf", profile: "quick" },
    () => {},
  );
  setTimeout(() => stop.abort(), 50);
  await expect(training).rejects.toThrow();
});

it("a thread that dies fails its task, and the next one works", async () => {
  await expect(pipeline.trainRecipe(ctx, { recipe: "dies", profile: "quick" }, () => {})).rejects.toThrow();
  const again = pipeline.trainRecipe(ctx, { recipe: "orionquant", profile: "quick", epochs: 3 }, () => {});
  expect(await again).toEqual(fakeModel);
});

it("a fault keeps its exit code and line across the thread; a defect has none", async () => {
  const fault = await pipeline.predictLatest(ctx, { model: "broken" }).catch((e: unknown) => e);
  expect(fault).toBeInstanceOf(OrionError);
  expect((fault as OrionError).exitCode).toBe(3);
  expect((fault as OrionError).message).toBe("model 'broken' in /some/workspace: the file is truncated");
  const defect = await pipeline.predictLatest(ctx, { model: "defect" }).catch((e: unknown) => e);
  expect(defect).toBeInstanceOf(Error);
  expect(defect).not.toBeInstanceOf(OrionError);
});
