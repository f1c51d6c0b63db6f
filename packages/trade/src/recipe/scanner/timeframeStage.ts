import { availableParallelism } from "node:os";
import { z } from "zod";
import { messageOf } from "../../core/errors.ts";
import { canonicalJson, sha256 } from "../../core/hash.ts";
import type { OnProgress } from "../../core/progress.ts";
import type { FitContext } from "../../models/model.ts";
import type { SignalNetFit } from "../../models/signalNet/fitSignalNet.ts";
import { SignalNetManifest } from "../../models/signalNet/signalNetManifest.ts";
import type { PurgedFold } from "../../models/validation/index.ts";
import type { CandidateRow } from "./candidateRows.ts";
import {
  bytesOf,
  float32Of,
  type KeptWork,
  nothingKept,
  type PartCodec,
  type Unfinished,
} from "./keptWork.ts";
import type { ScannerRecipe } from "./scannerSchema.ts";
import { type StageClock, stageClock } from "./stageClock.ts";
import { askOnce, fitTimeframe, type Moment, type TimeframeForecast, type TimeSpan } from "./timeframeNet.ts";
import {
  rowAt,
  type SymbolSources,
  type TimeframeParts,
  type TimeframeRows,
  timeframeRows,
} from "./timeframeRows.ts";

/** The network of one timeframe, and what was found on the way. */
export interface TimeframeNet {
  readonly timeframe: string;
  /** undefined where too few bars are stored */
  readonly fit: TimeframeFit | undefined;
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

/** A network that can be opened. */
export type TimeframeFit = Pick<SignalNetFit, "manifest" | "onnx">;

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
  /** where networks are kept as they end */
  readonly kept?: KeptWork | undefined;
}

const STAGE = "timeframe networks";

/**
 * One network a timeframe. A training row's forecast comes from a network that learned from no window of the row's fold, of
 * any symbol: what a later stage learns from is out of fold. Later rows are told by the network of all training windows.
 */
export async function timeframeStage(input: TimeframeStageInput): Promise<TimeframeNet[]> {
  const { recipe, rows, train, folds, at } = input;
  const moments: Moment[] = rows.map(({ symbol, time }) => ({ symbol, time }));
  const clock = stageClock(STAGE, recipe.timeframes.names.length * (folds.length + 1), input.onProgress);
  const isTraining = new Uint8Array(rows.length);
  for (const place of train) isTraining[place] = 1;
  const later = Int32Array.from(moments.keys()).filter((place) => isTraining[place] === 0);
  const nets: TimeframeNet[] = [];
  for (const timeframe of recipe.timeframes.names) {
    const notes: string[] = [];
    const data = timeframeRows(input.parts, input.symbols, timeframe, at, input.stepMsOf(timeframe), notes);
    const expected = new Float32Array(rows.length).fill(Number.NaN);
    const edge = new Float32Array(rows.length).fill(Number.NaN);
    let last: AskedNet | undefined;
    if (data) {
      const place = (places: Int32Array, asked: AskedNet): void => {
        for (const [k, row] of places.entries()) {
          expected[row] = asked.expected[k]!;
          edge[row] = asked.edge[k]!;
        }
      };
      for (const [k, fold] of folds.entries()) {
        input.context.signal?.throwIfAborted();
        const places = fold.test.map((p) => train[p]!);
        const without = widened(spanOf(rows, places), input.embargoMs);
        const asked = Array.from(places, (p) => moments[p]!);
        // without a row to ask there is no need to learn
        if (!asked.some(({ symbol, time }) => rowAt(data, symbol, time) >= 0)) {
          clock.drop(1);
          continue;
        }
        const name = {
          file: `net-${timeframe}-fold${k + 1}`,
          note: `${timeframe}, fold ${k + 1} of ${folds.length}`,
        };
        place(places, await askedNet(input, data, { ...name, without, moments: asked }, clock));
      }
      input.context.signal?.throwIfAborted();
      last = await askedNet(
        input,
        data,
        { file: `net-${timeframe}`, note: timeframe, moments: Array.from(later, (p) => moments[p]!) },
        clock,
      );
      place(later, last);
    } else clock.drop(folds.length + 1);
    const fit = last?.fit;
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
      windows: last?.windows ?? 0,
      symbols,
      notes,
    });
  }
  return nets;
}

/** A network, and what it says of the moments that it was trained to tell. */
interface AskedNet extends TimeframeForecast {
  /** undefined where there are too few windows, and of a fold's network */
  readonly fit: TimeframeFit | undefined;
  /** training windows */
  readonly windows: number;
}

interface NetToAsk {
  /** its name among what is kept, and for people */
  readonly file: string;
  readonly note: string;
  /** the span of a fold, which it must not know; none for the network of all training windows */
  readonly without?: TimeSpan;
  readonly moments: readonly Moment[];
}

/** Fits a network and asks it, or takes both as they were kept; a fit that was cut off goes on from its checkpoint. */
async function askedNet(
  input: TimeframeStageInput,
  data: TimeframeRows,
  { file, note, without, moments }: NetToAsk,
  clock: StageClock,
): Promise<AskedNet> {
  const { recipe, until, at, context } = input;
  const { signal } = context;
  const { names: _names, ...timeframes } = recipe.timeframes;
  const { market, timeframe } = recipe.universe;
  let wasKept = true;
  const fitFrom = (unfinished: Unfinished | undefined, state: Uint8Array | undefined) =>
    fitTimeframe(recipe, data, until, without, {
      ...context,
      onUpdate: (update) => {
        context.onUpdate?.(update);
        clock.at(
          update.total ? update.done / update.total : 0,
          `${note}, epoch ${update.epoch}/${update.epochs}`,
        );
      },
      ...(unfinished
        ? {
            checkpoint: {
              fingerprint: unfinished.key,
              save: (bytes) => unfinished.save({ meta: null, blobs: { state: bytes } }),
              ...(state ? { resume: state } : {}),
              ...(unfinished.everySeconds === undefined ? {} : { everySeconds: unfinished.everySeconds }),
            },
          }
        : {}),
    });
  const asked = await (input.kept ?? nothingKept).part<AskedNet>(
    {
      stage: STAGE,
      name: file,
      determines: {
        ...{ recipe: recipe.name, timeframes, timeframe: data.timeframe, universe: { market, timeframe } },
        ...{ until, at, without: without ?? null, moments: sha256(canonicalJson(moments)) },
        ...{ seed: context.seed, threads: context.threads ?? availableParallelism() },
      },
    },
    netCodec(moments.length),
    async (unfinished) => {
      wasKept = false;
      const state = unfinished?.from?.blobs.state;
      let fit: SignalNetFit | undefined;
      try {
        fit = await fitFrom(unfinished, state);
      } catch (thrown) {
        if (!unfinished || !state || signal?.aborted) throw thrown;
        await unfinished.discard(messageOf(thrown));
        fit = await fitFrom(unfinished, undefined);
      }
      // a fit that was stopped gives back what it has by then; one that had ended is asked and kept all the same
      if (fit?.summary.aborted) signal?.throwIfAborted();
      const told = fit ? await askOnce(fit, data, moments, undefined) : noForecast(moments.length);
      // of a fold's network nothing but its answers is used
      return { fit: without ? undefined : fit, windows: fit?.summary.windows ?? 0, ...told };
    },
  );
  clock.done(1, wasKept ? `${note}, kept` : note, wasKept);
  return asked;
}

function noForecast(moments: number): TimeframeForecast {
  const none = new Float32Array(moments).fill(Number.NaN);
  return { expected: none, edge: none };
}

const NetMeta = z.strictObject({ manifest: SignalNetManifest.nullable(), windows: z.int().nonnegative() });

function netCodec(moments: number): PartCodec<AskedNet> {
  return {
    encode: ({ fit, windows, expected, edge }) => ({
      meta: { manifest: fit?.manifest ?? null, windows },
      blobs: { ...(fit ? { onnx: fit.onnx } : {}), expected: bytesOf(expected), edge: bytesOf(edge) },
    }),
    decode({ meta, blobs }) {
      const { manifest, windows } = NetMeta.parse(meta);
      const { onnx } = blobs;
      if ((manifest === null) !== (onnx === undefined))
        throw new RangeError("a graph goes with its manifest");
      return {
        fit: manifest && onnx ? { manifest, onnx } : undefined,
        windows,
        expected: float32Of(blobs.expected, moments),
        edge: float32Of(blobs.edge, moments),
      };
    },
  };
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
