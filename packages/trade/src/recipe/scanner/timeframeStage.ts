import type { OnProgress } from "../../core/progress.ts";
import type { FitContext } from "../../models/model.ts";
import type { SignalNetFit } from "../../models/signalNet/fitSignalNet.ts";
import type { PurgedFold } from "../../models/validation/index.ts";
import type { CandidateRow } from "./candidateRows.ts";
import type { ScannerRecipe } from "./scannerSchema.ts";
import { askOnce, fitTimeframe, type Moment, type TimeSpan } from "./timeframeNet.ts";
import { rowAt, type SymbolSources, type TimeframeParts, timeframeRows } from "./timeframeRows.ts";

/** The network of one timeframe, and what was found on the way. */
export interface TimeframeNet {
  readonly timeframe: string;
  /** undefined where too few bars are stored */
  readonly fit: SignalNetFit | undefined;
  /** [rows] forecasts of every candidate row: out of fold in the training rows, by the last network in all later ones */
  readonly expected: Float32Array;
  readonly edge: Float32Array;
  /** share of the candidate rows that have a forecast */
  readonly covered: number;
  /** training windows of the last network, 0 without one */
  readonly windows: number;
  readonly symbols: number;
  readonly notes: readonly string[];
}

export interface TimeframeStageInput {
  readonly recipe: ScannerRecipe;
  readonly parts: TimeframeParts;
  readonly symbols: readonly SymbolSources[];
  readonly rows: readonly CandidateRow[];
  /** places of the training rows in `rows` */
  readonly train: Int32Array;
  /** of places in `train` */
  readonly folds: readonly PurgedFold[];
  /** ms UTC: outcomes that were known later are not learned from */
  readonly until: number;
  /** ms UTC: nothing that closes later is looked at */
  readonly at: number;
  /** by which a fold's span is widened on both sides, ms */
  readonly embargoMs: number;
  /** length of a bar where bars follow one another around the clock, null under exchange hours */
  readonly stepMsOf: (timeframe: string) => number | null;
  readonly context: FitContext;
  readonly onProgress?: OnProgress | undefined;
}

/**
 * One network a timeframe. A training row's forecast comes from a network that learned from no window of the row's fold, of
 * any symbol: what a later stage learns from is out of fold. Later rows are told by the network of all training windows.
 */
export async function timeframeStage(input: TimeframeStageInput): Promise<TimeframeNet[]> {
  const { recipe, rows, train, folds, at, onProgress } = input;
  const moments: Moment[] = rows.map(({ symbol, time }) => ({ symbol, time }));
  const total = recipe.timeframes.names.length * (folds.length + 1);
  const began = performance.now();
  let done = 0;
  const tell = (timeframe: string): void => {
    done++;
    const secondsLeft = ((performance.now() - began) / 1000 / done) * (total - done);
    onProgress?.({ stage: "timeframe networks", done, total, secondsLeft, note: timeframe });
  };
  const isTraining = new Uint8Array(rows.length);
  for (const place of train) isTraining[place] = 1;
  const later = Int32Array.from(moments.keys()).filter((place) => isTraining[place] === 0);
  const nets: TimeframeNet[] = [];
  for (const timeframe of recipe.timeframes.names) {
    const notes: string[] = [];
    const data = timeframeRows(input.parts, input.symbols, timeframe, at, input.stepMsOf(timeframe), notes);
    const expected = new Float32Array(rows.length).fill(Number.NaN);
    const edge = new Float32Array(rows.length).fill(Number.NaN);
    let fit: SignalNetFit | undefined;
    if (data) {
      const ask = async (fitted: SignalNetFit | undefined, places: Int32Array): Promise<void> => {
        if (!fitted) return;
        const told = await askOnce(
          fitted,
          data,
          Array.from(places, (p) => moments[p]!),
          input.context.signal,
        );
        for (const [k, place] of places.entries()) {
          expected[place] = told.expected[k]!;
          edge[place] = told.edge[k]!;
        }
      };
      for (const fold of folds) {
        input.context.signal?.throwIfAborted();
        const places = fold.test.map((place) => train[place]!);
        const span = widened(spanOf(rows, places), input.embargoMs);
        // without a row to ask there is no need to learn
        const isAsked = Array.from(places).some(
          (p) => rowAt(data, moments[p]!.symbol, moments[p]!.time) >= 0,
        );
        if (isAsked) await ask(await fitTimeframe(recipe, data, input.until, span, input.context), places);
        tell(timeframe);
      }
      fit = await fitTimeframe(recipe, data, input.until, undefined, input.context);
      await ask(fit, later);
      tell(timeframe);
    } else done += folds.length + 1;
    const covered =
      expected.reduce((sum, value) => sum + (Number.isFinite(value) ? 1 : 0), 0) / Math.max(1, rows.length);
    const symbols = data?.stack.symbols.length ?? 0;
    if (!fit) {
      notes.push(
        data
          ? `${symbols} symbols have ${timeframe} bars, which give fewer than ${recipe.timeframes.leastWindows} training windows`
          : `no symbol has the ${input.parts.needed} bars of ${timeframe} that a forecast needs`,
      );
    }
    nets.push({
      timeframe,
      fit,
      expected,
      edge,
      covered,
      windows: fit?.summary.windows ?? 0,
      symbols,
      notes,
    });
  }
  return nets;
}

/** From the first decision of some rows to the moment at which the last of their outcomes is known. */
function spanOf(rows: readonly CandidateRow[], places: Int32Array): TimeSpan {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const place of places) {
    from = Math.min(from, rows[place]!.time);
    to = Math.max(to, rows[place]!.knownAt);
  }
  return { from, to };
}

function widened({ from, to }: TimeSpan, ms: number): TimeSpan {
  return { from: from - ms, to: to + ms };
}
