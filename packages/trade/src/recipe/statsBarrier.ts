import { parse } from "yaml";
import { DataError, messageOf, UsageError } from "../core/errors.ts";
import { createPart } from "../core/parts.ts";
import { isoTime } from "../core/time.ts";
import { type Labeler, labelParts, SIGNALS } from "../labels/index.ts";
import { barFault } from "../market/barFault.ts";
import { type BarSeries, singlePanel } from "../market/bars.ts";
import { readNumberColumns } from "./statsColumns.ts";

export interface StatsBarrierRequest {
  readonly file: string;
  /** YAML or JSON of the keys of the label `tripleBarrier` */
  readonly settings?: string;
  readonly signal?: AbortSignal;
}

export interface StatsBarrier {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly bars: number;
  readonly counts: Readonly<Record<(typeof SIGNALS)[number], number>>;
  readonly labels: readonly {
    /** of the row, and when its label is known: ISO 8601 UTC as the file stamps its rows */
    readonly time: string;
    readonly knownAt: string;
    readonly class: (typeof SIGNALS)[number];
    readonly return: number;
    /** 1 the upper, -1 the lower, 0 the vertical one */
    readonly barrier: number;
    readonly touchBars: number;
    /** the unit of the barriers, a fraction */
    readonly target: number;
  }[];
}

/**
 * Triple-barrier labels of a user's price file (`labels/tripleBarrier`): a time column and close, for `touch: range` also open, high
 * and low. Times are taken as the moments at which rows are known.
 */
export async function statsBarrier(request: StatsBarrierRequest): Promise<StatsBarrier> {
  const { file, settings = "{}", signal } = request;
  const given = parseSettings(settings);
  const labeler = createPart<Labeler>(labelParts, { ...given, kind: "tripleBarrier" }, "label");
  const usesRange = given.touch !== "close";
  const wanted = usesRange ? ["open", "high", "low", "close"] : ["close"];
  const { columns, length, time } = await readNumberColumns(file, wanted, signal);
  if (!time) throw new DataError(`${file}: no time column; one of ts, timestamp, datetime, date is expected`);
  const close = columns.close!;
  const bars: BarSeries = {
    instrument: "FILE",
    length,
    closeTime: time,
    open: columns.open ?? close,
    high: columns.high ?? close,
    low: columns.low ?? close,
    close,
    volume: new Float64Array(length),
  };
  for (let t = 0; t < length; t++) {
    const fault = barFault(bars.open[t]!, bars.high[t]!, bars.low[t]!, close[t]!, 0);
    if (fault) throw new DataError(`${file}, row ${t + 1}: ${fault}`);
  }
  const { values, knownAt } = labeler.label(singlePanel(bars));
  const column = (name: string): Float32Array => values[labeler.columns.indexOf(name)]!;
  const classes = column("class");
  const counts = { BUY: 0, HOLD: 0, SELL: 0 };
  const labels: StatsBarrier["labels"][number][] = [];
  for (let t = 0; t < length; t++) {
    const signalOf = SIGNALS[classes[t]!];
    if (signalOf === undefined) continue;
    counts[signalOf]++;
    labels.push({
      time: isoTime(time[t]!),
      knownAt: isoTime(knownAt[t]!),
      class: signalOf,
      return: column("forwardReturn")[t]!,
      barrier: column("barrier")[t]!,
      touchBars: column("touchBars")[t]!,
      target: column("target")[t]!,
    });
  }
  if (labels.length === 0) {
    throw new DataError(
      `${file}: none of ${length} rows has a label; it needs up to ${labeler.horizonBars} rows after it, rows before it where volatility is measured, and no gaps (write gaps: allow for a market with sessions)`,
    );
  }
  return { settings: given, bars: length, counts, labels };
}

function parseSettings(text: string): Record<string, unknown> {
  let read: unknown;
  try {
    read = parse(text);
  } catch (thrown) {
    throw new UsageError(`--label: ${messageOf(thrown)}`, { cause: thrown });
  }
  if (typeof read !== "object" || read === null || Array.isArray(read)) {
    throw new UsageError(`--label '${text}': write keys, such as '{ horizonBars: 24, profit: 2, stop: 1 }'`);
  }
  const { kind = "tripleBarrier", ...rest } = read as Record<string, unknown>;
  if (kind !== "tripleBarrier") throw new UsageError(`--label: kind '${String(kind)}' is not tripleBarrier`);
  return rest;
}
