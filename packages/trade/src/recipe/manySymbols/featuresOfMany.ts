import { availableParallelism } from "node:os";
import { UsageError } from "../../core/errors.ts";
import type { OnProgress } from "../../core/progress.ts";
import type { BarSeries } from "../../market/bars.ts";
import { type SharedBars, shareColumns } from "../../store/sharedBars.ts";
import type { FeatureThread } from "./featureWorker.ts";
import { onThreads } from "./onThreads.ts";
import { type PackedColumns, unpackColumns } from "./packedColumns.ts";
import { type FeatureSpec, symbolFeatures } from "./symbolFeatures.ts";

export interface ManySymbols {
  readonly features: readonly FeatureSpec[];
  /** N symbols; what lies in shared memory is not copied */
  readonly bars: readonly BarSeries[];
  /** seen beside each of them as of its closes */
  readonly context?: readonly BarSeries[];
  /** length of a bar, ms */
  readonly barMs: number;
  /** all cores unless given; 1 works on the calling thread */
  readonly threads?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** The columns of the symbol `bars[index]`, each of its length: lent until it returns, the next symbol's are written over them. */
export type TakeFeatures = (index: number, columns: readonly Float32Array[]) => void;

/** Starting a thread costs a tenth of a second: what is done sooner stays on the calling one. */
const FEW_ROWS = 50_000;

/**
 * The features of many symbols, on several threads that see the same bars: `take` is told of one symbol after another, in
 * whatever order they are ready. Columns are seen where the thread wrote them, in room for two symbols a thread: what is in memory
 * is the bars and what the caller copied. One thread or many, the numbers are
 * the same, since no symbol's depend on another's.
 * @returns the columns' names
 * @throws UsageError or DataError as the features do; AbortError when stopped
 */
export async function featuresOfMany(request: ManySymbols, take: TakeFeatures): Promise<readonly string[]> {
  const {
    features,
    bars,
    context = [],
    barMs,
    threads = availableParallelism(),
    signal,
    onProgress,
  } = request;
  if (!Number.isInteger(threads) || threads < 1)
    throw new UsageError(`features: ${threads} threads are not possible: give a whole number above 0`);
  const maker = symbolFeatures(features, context, barMs);
  const began = performance.now();
  let done = 0;
  const told = (index: number): void => {
    done++;
    const secondsLeft = ((performance.now() - began) / 1000 / done) * (bars.length - done);
    onProgress?.({ stage: "features", done, total: bars.length, secondsLeft, note: bars[index]!.instrument });
  };
  const rows = bars.reduce((sum, { length }) => sum + length, 0);
  const count = Math.min(threads, bars.length);
  if (count <= 1 || rows < FEW_ROWS) {
    for (const [index, one] of bars.entries()) {
      signal?.throwIfAborted();
      take(index, maker.compute(one));
      told(index);
    }
    return maker.columns;
  }
  const thread: FeatureThread = { features, context: context.map(shareColumns), barMs };
  await onThreads<SharedBars, PackedColumns>(
    {
      // threads run the built file even where this one runs from its source (tests)
      script: new URL("../../../dist/recipe/manySymbols/featureWorker.js", import.meta.url),
      workerData: thread,
      tasks: bars.length,
      taskOf: (index) => shareColumns(bars[index]!),
      threads: count,
      signal,
    },
    (packed, index) => {
      take(index, unpackColumns(packed));
      told(index);
    },
  );
  return maker.columns;
}
