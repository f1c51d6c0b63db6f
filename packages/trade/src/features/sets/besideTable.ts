import { DataError, UsageError } from "../../core/errors.ts";
import type { Beside, BesideKind, Panel } from "../../market/bars.ts";
import type { ColumnDoc } from "../feature.ts";
import { findIndicator } from "../indicators/registry/indicatorParts.ts";

/** A column out of what stands beside a perpetual future's bars. */
export interface BesideColumn extends ColumnDoc {
  readonly lookback: number;
  of(beside: Required<Beside>): Float64Array;
}

/**
 * Three columns each of what is asked for, free of the unit of prices and contracts: the rate of funding, the basis and
 * the change of open interest, each with what it is by its own last `bars` bars.
 */
export function besideTable(kinds: readonly BesideKind[], bars: number): readonly BesideColumn[] {
  return kinds.flatMap((kind) => TABLES[kind](bars));
}

const TABLES: Readonly<Record<BesideKind, (bars: number) => readonly BesideColumn[]>> = {
  funding(bars) {
    const { one, source } = chosen("funding", { period: bars });
    const of = (output: string) => (beside: Required<Beside>) => one.compute(beside)[output]!;
    const rate = "the last settled rate at the close, none older than a day";
    return [
      { name: "fundingRate", formula: rate, source, lookback: 0, of: ({ funding }) => funding },
      {
        name: `fundingMean${bars}`,
        formula: `mean over ${bars} of f, f: ${rate}`,
        source,
        lookback: one.lookback,
        of: of("mean"),
      },
      {
        name: `fundingZScore${bars}`,
        formula: `(f - mean) / sample deviation over ${bars}, f: ${rate}; 0 at rest`,
        source,
        lookback: one.lookback,
        of: of("zScore"),
      },
    ];
  },
  mark(bars) {
    const { one, source } = chosen("basis", { period: bars });
    const of =
      (output: string) =>
      ({ closeAtMark, mark }: Required<Beside>) =>
        one.compute({ close: closeAtMark, mark })[output]!;
    const basis = "close / mark - 1, both at the close of the last mark bar";
    return [
      { name: "basis", formula: basis, source, lookback: 0, of: of("basis") },
      {
        name: `basisMean${bars}`,
        formula: `mean over ${bars} of b, b: ${basis}`,
        source,
        lookback: one.lookback,
        of: of("mean"),
      },
      {
        name: `basisZScore${bars}`,
        formula: `(b - mean) / sample deviation over ${bars}, b: ${basis}; 0 at rest`,
        source,
        lookback: one.lookback,
        of: of("zScore"),
      },
    ];
  },
  openInterest(bars) {
    const short = chosen("openInterest", { change: 1, period: bars });
    const long = chosen("openInterest", { change: bars, period: 2 });
    const { source } = short;
    return [
      {
        name: "openInterestChange1",
        formula: "o / o[-1] - 1, o the contracts held at the close",
        source,
        lookback: 1,
        of: (beside) => short.one.compute(beside).change!,
      },
      {
        name: `openInterestChange${bars}`,
        formula: `o / o[-${bars}] - 1, o the contracts held at the close`,
        source,
        lookback: bars,
        of: (beside) => long.one.compute(beside).change!,
      },
      {
        name: `openInterestZScore${bars}`,
        formula: `(d - mean) / sample deviation over ${bars}, d = o / o[-1] - 1, o the contracts held at the close; 0 at rest`,
        source,
        lookback: short.one.lookback,
        of: (beside) => short.one.compute(beside).zScore!,
      },
    ];
  },
};

function chosen(name: string, settings: Readonly<Record<string, unknown>>) {
  const indicator = findIndicator(name);
  return { one: indicator.create(settings), source: indicator.source };
}

/** The columns of a panel that each kind is made of. */
const COLUMNS: Readonly<Record<BesideKind, readonly (keyof Beside)[]>> = {
  funding: ["funding"],
  mark: ["mark", "closeAtMark"],
  openInterest: ["openInterest"],
};

/**
 * What the kinds read of the panel, and NaN for what they do not.
 * @throws UsageError that names what the panel does not carry; DataError for a column of another length
 */
export function besideOf(panel: Panel, kinds: readonly BesideKind[], set: string): Required<Beside> {
  const none = new Float64Array(panel.length).fill(Number.NaN);
  const found: Record<keyof Beside, Float64Array> = {
    funding: none,
    mark: none,
    closeAtMark: none,
    openInterest: none,
  };
  for (const kind of kinds) {
    for (const name of COLUMNS[kind]) {
      const column = panel.beside?.[name];
      if (!column)
        throw new UsageError(
          `${set}: the bars of ${panel.series[0]?.instrument ?? "the panel"} come without ${kind}: name it under universe.beside`,
        );
      if (column.length !== panel.length)
        throw new DataError(`${set}: ${column.length} rows of ${name} in a panel of ${panel.length}`);
      found[name] = column;
    }
  }
  return found;
}
