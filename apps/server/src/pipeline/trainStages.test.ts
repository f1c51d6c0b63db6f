import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { tinyScanner } from "@orion/trade/recipe/scanner/testing";
import type { TrainingStatus, TrainRequest } from "@orion/trade/wire";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createJobs, type Jobs } from "../jobs/createJobs.ts";
import { type ThreadPipeline, threadPipeline } from "./threadPipeline.ts";

// the built worker trains a tiny recipe of stages by its file: a request over HTTP names the house's recipes alone
let tiny: Awaited<ReturnType<typeof tinyScanner>>;
let pipeline: ThreadPipeline;
let jobs: Jobs;
const request = (more: Partial<TrainRequest> = {}): TrainRequest => ({
  recipe: tiny.recipe,
  profile: "full",
  ...more,
});

beforeAll(async () => {
  tiny = await tinyScanner();
  pipeline = threadPipeline();
  jobs = createJobs({ pipeline, workspace: tiny.workspace, now: Date.now, onDefect: () => {} });
});
afterAll(async () => {
  await jobs.close();
  await pipeline.close();
  await tiny.dispose();
});

it("a training of stages that was cancelled goes on from what had ended, to the same model", async () => {
  const whole = await jobs.train(request());
  await rm(join(tiny.workspace, "models"), { recursive: true });
  const job = jobs.startTraining(request());
  const until = (isThere: (status: TrainingStatus) => boolean): Promise<void> =>
    expect
      .poll(() => isThere(jobs.training.status), { timeout: 60_000, interval: 2 })
      .toBe(true) as Promise<void>;
  await until(({ stage }) => stage === "volatility and dependence");
  jobs.cancelTraining();
  await expect(job.result).rejects.toThrow(/was cancelled/);
  expect(jobs.training.status).toMatchObject({
    state: "cancelled",
    message: expect.stringMatching(/^kept: 3 parts of timeframe networks/),
  });
  const again = await jobs.train(request({ resume: true }));
  expect({ ...again, createdAt: whole.createdAt }).toEqual(whole);
  expect(await readdir(join(tiny.workspace, "checkpoints"))).toEqual([]);
}, 120_000);

it("refuses what stages do not take, in one line", async () => {
  await expect(jobs.train(request({ epochs: 2 }))).rejects.toThrow(
    /epochs: recipe .* trains stages and takes/,
  );
});
