import { DataError } from "@orion/trade/core";
import { serveTask } from "../pipeline/serveTask.ts";
import { fakeModel, fakePipeline, fakePrediction } from "./fakePipeline.ts";

/** A worker thread for tests: its training blocks the thread as a native training step does. */
export default serveTask({
  ...fakePipeline(),
  async trainRecipe(ctx, request, onStatus) {
    if (request.recipe === "deaf") {
      // work that never looks at the signal: only the end of its thread stops it
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
    }
    if (request.recipe === "dies") process.exit(7);
    const clock = new Int32Array(new SharedArrayBuffer(4));
    for (let step = 1; step <= 2000; step++) {
      Atomics.wait(clock, 0, 0, 5);
      await Promise.resolve();
      onStatus({ step, steps: 2000, message: request.recipe });
      // the checkpoint is told through the last status, which must arrive as well
      if (ctx.signal?.aborted) {
        onStatus({ message: `checkpoint at ${step}` });
        ctx.signal.throwIfAborted();
      }
      if (step === request.epochs) return fakeModel;
    }
    throw new DataError("the training was never stopped");
  },
  async predictLatest(ctx, query) {
    if (query.model === "broken")
      throw new DataError(`model 'broken' in ${ctx.workspace}: the file is truncated`);
    if (query.model === "defect") throw new TypeError("a defect");
    return fakePrediction;
  },
});
