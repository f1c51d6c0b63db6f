import { parentPort, workerData } from "node:worker_threads";
import { RISK_FEATURES } from "../../models/statistics/riskFeatures.ts";
import { openShared, type SharedBars } from "../../store/sharedBars.ts";
import { answerTasks } from "../manySymbols/onThreads.ts";
import { type MarketFilters, symbolRisk } from "./symbolRisk.ts";

/** What a thread is started with. */
export interface RiskThread {
  readonly indices: readonly [SharedBars, SharedBars];
  readonly windowBars: number;
  readonly barMs: number;
  readonly horizon: number;
}

/** The bars of a symbol at which its risk is asked for. */
export interface RiskTask {
  readonly bars: SharedBars;
  readonly rows: Int32Array;
}

/** [rows, 8], and by row how it was told. */
export interface RiskAnswer {
  readonly values: Float64Array;
  readonly methods: readonly string[];
}

const { indices, ...options } = workerData as RiskThread;
const [first, second] = indices.map(openShared);
const filters: MarketFilters = new Map();

answerTasks(parentPort!, ({ bars, rows }: RiskTask): RiskAnswer => {
  const told = symbolRisk(openShared(bars), [first!, second!], rows, options, filters);
  const values = Float64Array.from(told.flatMap((one) => RISK_FEATURES.map((name) => one.values[name])));
  return {
    values,
    methods: told.map(({ method, fallback }) => (fallback ? `${method}: ${fallback}` : method)),
  };
});
