import { UsageError } from "../../core/errors.ts";
import type { BarSeries } from "../../market/bars.ts";
import type { ColumnDoc } from "../feature.ts";
import { FLAT } from "../indicators/flat.ts";
import { logReturn } from "../indicators/logReturn.ts";
import { rawColumn, recyclingColumns } from "../indicators/newColumn.ts";
import { type Once, remembering } from "../indicators/once.ts";
import type { ConfiguredIndicator } from "../indicators/registry/indicator.ts";
import { findIndicator } from "../indicators/registry/indicatorParts.ts";
import { soundColumns } from "../indicators/registry/inputColumns.ts";
import { type FeatureValues, narrow } from "../narrow.ts";

type Outputs = Readonly<Record<string, Float64Array>>;

/** One instrument's bars and the indicators of the registry on them, each computed once for all columns that read it. */
export interface BarIndicators {
  readonly bars: BarSeries;
  outputs(of: ConfiguredIndicator): Outputs;
  /** for kernels that indicators use as well */
  readonly once: Once;
}

/** A column of a set with the bars before t that its row t may depend on. */
export interface SetColumn extends ColumnDoc {
  readonly lookback: number;
  of(on: BarIndicators): FeatureValues;
}

/** What is made of an indicator's output so that the unit of prices falls out of it. */
interface Shape {
  notation(output: string): string;
  of(values: Float64Array, on: BarIndicators): FeatureValues;
}

/** An output that has no unit of its own: an oscillator, a share, a ratio. */
export const asIs: Shape = { notation: (x) => x, of: (values) => values };
/** A level of the price as the close's distance from it, a fraction. */
export const distance: Shape = {
  notation: (x) => `close / ${x} - 1`,
  of: (values, { bars: { close } }) => {
    const out = rawColumn(values.length);
    for (let t = 0; t < out.length; t++) out[t] = close[t]! / values[t]! - 1;
    return out;
  },
};
/** A difference of prices in units of the close. */
export const perClose: Shape = {
  notation: (x) => `${x} / close`,
  of: (values, { bars: { close } }) => {
    const out = rawColumn(values.length);
    for (let t = 0; t < out.length; t++) out[t] = values[t]! / close[t]!;
    return out;
  },
};
/** A count of bars as a share of those looked at. */
export const shareOf = (period: number): Shape => ({
  notation: (x) => `${x} / ${period}`,
  of: (values, { bars }) => each(bars, (t) => values[t]! / period),
});

export function barIndicators(bars: BarSeries): BarIndicators {
  const known = new Map<string, Outputs>();
  const { closeTime: time, open, high, low, close, volume } = bars;
  const columns = { time, open, high, low, close, volume };
  const sound = soundColumns(columns);
  const once = remembering();
  return {
    bars,
    once,
    outputs(of) {
      const key = keyOf(of);
      const outputs = known.get(key) ?? of.compute(columns, sound, once);
      known.set(key, outputs);
      return outputs;
    },
  };
}

const keys = new WeakMap<ConfiguredIndicator, string>();

/** The same text for the same indicator with the same parameters. */
function keyOf(of: ConfiguredIndicator): string {
  const known = keys.get(of);
  if (known !== undefined) return known;
  const key = `${of.name} ${JSON.stringify(of.params)}`;
  keys.set(of, key);
  return key;
}

/** The columns of a table on one series of bars as networks take them: what does not fit 32 bits is NaN, never an infinity. */
export function tableColumns(table: readonly SetColumn[], bars: BarSeries): Float32Array[] {
  return recyclingColumns(bars.length, () => {
    const on = barIndicators(bars);
    return table.map((column) => narrow(column.of(on)));
  });
}

/** The column that an indicator of the registry gives, documented by the indicator's own formula and source. */
export function indicatorColumn(
  name: string,
  indicator: string,
  settings: Readonly<Record<string, unknown>> = {},
  shape: Shape = asIs,
  output = indicator,
): SetColumn {
  const part = findIndicator(indicator);
  const one = part.create(settings);
  if (!(output in one.outputs)) throw new UsageError(`${name}: ${indicator} has no output '${output}'`);
  const notation = shape.notation(output);
  const single = Object.keys(one.outputs).length === 1;
  const words = !single
    ? `${notation} out of: ${part.formula}`
    : notation === output
      ? part.formula
      : `${notation}, ${output} = ${part.formula}`;
  const chosen = Object.entries(one.params).map(([key, value]) => `${key} ${String(value)}`);
  return {
    name,
    formula: [words, ...chosen].join("; "),
    source: part.source,
    lookback: one.lookback,
    of: (on) => shape.of(on.outputs(one)[output]!, on),
  };
}

/** ln(close / close[-n]) for each n. */
export function returnColumns(...periods: readonly number[]): readonly SetColumn[] {
  return periods.map((bars) => ({
    name: `logReturn${bars}`,
    formula: `ln(close / close[-${bars}])`,
    source: "Campbell, Lo, MacKinlay 1997, 1.4",
    lookback: bars,
    of: ({ bars: { close }, once }) => once(logReturn, close, bars),
  }));
}

/** a / b of two outputs of indicators that have the same unit; `atRest` where b is no more than `least`. */
export function ratioColumn(
  name: string,
  source: string,
  a: ConfiguredIndicator,
  b: ConfiguredIndicator,
  least = FLAT,
): SetColumn {
  const words = (one: ConfiguredIndicator): string =>
    `${one.name}(${Object.values(one.params).map(String).join(", ")})`;
  return {
    name,
    formula: `${words(a)} / ${words(b)}; 1 at rest`,
    source,
    lookback: Math.max(a.lookback, b.lookback),
    of: (on) => {
      const [above] = Object.values(on.outputs(a));
      const [below] = Object.values(on.outputs(b));
      return ratioOf(above!, below!, least);
    },
  };
}

/** above / below, 1 where below is no more than `least`; NaN where one of them is. */
function ratioOf(above: Float64Array, below: Float64Array, least: number): Float64Array {
  const out = rawColumn(above.length);
  for (let t = 0; t < out.length; t++) {
    const [a, b] = [above[t]!, below[t]!];
    out[t] = b <= least && !Number.isNaN(a) ? 1 : a / b;
  }
  return out;
}

/** A value for every row. */
export function each({ length }: BarSeries, value: (t: number) => number): Float64Array {
  const out = rawColumn(length);
  for (let t = 0; t < length; t++) out[t] = value(t);
  return out;
}
