import { parentPort, workerData } from "node:worker_threads";
import { openShared, type SharedBars } from "../../store/sharedBars.ts";
import { AHEAD, answerTasks } from "./onThreads.ts";
import { packingRing } from "./packedColumns.ts";
import { type FeatureSpec, symbolFeatures } from "./symbolFeatures.ts";

/** What a thread is started with. */
export interface FeatureThread {
  readonly features: readonly FeatureSpec[];
  readonly context: readonly SharedBars[];
  readonly barMs: number;
}

const { features, context, barMs } = workerData as FeatureThread;
const maker = symbolFeatures(features, context.map(openShared), barMs);

const pack = packingRing(AHEAD);

answerTasks(parentPort!, (bars: SharedBars) => pack(maker.compute(openShared(bars))));
