import { upperBound } from "../../core/columns.ts";
import { DataError } from "../../core/errors.ts";
import { createPart } from "../../core/parts.ts";
import { timeframeMs } from "../../core/time.ts";
import { type Feature, featureParts } from "../../features/index.ts";
import { type Labeler, labelParts } from "../../labels/index.ts";
import { type BarSeries, singlePanel } from "../../market/bars.ts";
import { assembleTimeframe, type TimeframeSource } from "../../market/timeframes/index.ts";
import { type StackedRows, type SymbolRows, stackRows } from "../../models/multiTask/stackedRows.ts";
import { withoutHoles } from "../../models/sequence/featureMatrix.ts";
import { usableRows } from "../../models/validation/index.ts";
import type { ScannerRecipe } from "./scannerSchema.ts";

/** The stored bars of one symbol at all timeframes there are. */
export interface SymbolSources {
  readonly symbol: string;
  readonly sources: readonly TimeframeSource[];
}

/** All symbols at one timeframe, one below the other, ready for a network. */
export interface TimeframeRows {
  readonly timeframe: string;
  readonly names: readonly string[];
  readonly stack: StackedRows;
  /** closing prices by row of the stack */
  readonly close: Float64Array;
  /** [rows] 1 where a whole window ends, so that the network can be asked, whether the outcome is known or not */
  readonly whole: Uint8Array;
}

/** What the networks of all timeframes are made of. */
export interface TimeframeParts {
  readonly features: readonly Feature[];
  readonly labeler: Labeler;
  readonly window: number;
  /** bars before the first that a network can be asked about, its window included */
  readonly needed: number;
}

export function timeframeParts(recipe: ScannerRecipe): TimeframeParts {
  const { timeframes } = recipe;
  const features = timeframes.features.map((spec, i) =>
    createPart<Feature>(featureParts, spec, `timeframes.features.${i}`),
  );
  const labeler = createPart<Labeler>(labelParts, timeframes.label, "timeframes.label");
  const { window } = timeframes.model;
  return { features, labeler, window, needed: Math.max(...features.map((f) => f.lookback)) + window };
}

/**
 * Features and next-bar outcomes of each symbol at one timeframe. Symbols whose bars do not cover a window are left out.
 * @param at ms UTC: nothing that closes later is looked at
 * @param stepMs length of a bar where bars follow one another around the clock, null under exchange hours
 * @param notes is told of symbols whose stored timeframes do not belong together
 * @param most newest bars of a symbol that are looked at
 * @returns undefined where no symbol has enough bars
 */
export function timeframeRows(
  parts: TimeframeParts,
  symbols: readonly SymbolSources[],
  timeframe: string,
  at: number,
  stepMs: number | null,
  notes: string[] = [],
  most = Number.MAX_SAFE_INTEGER,
): TimeframeRows | undefined {
  const found: SymbolRows[] = [];
  for (const { symbol, sources } of symbols) {
    let bars: BarSeries;
    try {
      bars = assembleTimeframe(sources, { timeframe, rows: most, at }).bars;
    } catch (thrown) {
      if (!(thrown instanceof DataError)) throw thrown;
      notes.push(`left out of ${timeframe}: ${thrown.message}`);
      continue;
    }
    const rows = symbolRows(parts, symbol, bars);
    if (rows && usableRows(rows.features, parts.window).length > 0) found.push(rows);
  }
  if (found.length === 0) return undefined;
  const stack = stackRows(found, parts.window);
  const whole = new Uint8Array(stack.closeTime.length);
  for (const [i, one] of found.entries()) {
    const first = one.firstRow + parts.window - 1;
    for (const row of withoutHoles(
      usableRows(one.features, parts.window),
      one.closeTime,
      parts.window,
      stepMs,
    )) {
      if (row >= first) whole[stack.symbols[i]!.from + row] = 1;
    }
  }
  return {
    timeframe,
    names: parts.features.flatMap((part) => part.columns),
    stack,
    close: stack.close!,
    whole,
  };
}

/**
 * The row of a symbol that is the newest at `time` and not older than `mostAgeMs`; -1 where there is none, or none with a whole
 * window.
 */
export function rowAt(rows: TimeframeRows, symbol: string, time: number): number {
  const range = rows.stack.symbols.find((one) => one.symbol === symbol);
  if (!range) return -1;
  const { closeTime } = rows.stack;
  const row = range.from + upperBound(closeTime.subarray(range.from, range.to), time) - 1;
  const isUsable =
    row >= range.from && rows.whole[row] === 1 && time - closeTime[row]! <= mostAgeMs(rows.timeframe);
  return isUsable ? row : -1;
}

function symbolRows(parts: TimeframeParts, symbol: string, bars: BarSeries): SymbolRows | undefined {
  if (bars.length < parts.needed) return undefined;
  const panel = singlePanel(bars);
  const labels = parts.labeler.label(panel);
  return {
    symbol,
    closeTime: bars.closeTime,
    knownAt: labels.knownAt,
    close: bars.close,
    features: parts.features.flatMap((part) => [...part.compute(panel)]),
    targets: { class: labels.values[0]!, forwardReturn: labels.values[1]! },
    firstRow: Math.max(...parts.features.map((part) => part.lookback)),
  };
}

/** How old the last bar of a timeframe may be when it is asked about: a day, or two of its own bars. */
export function mostAgeMs(timeframe: string): number {
  return Math.max(86_400_000, 2 * timeframeMs(timeframe));
}
