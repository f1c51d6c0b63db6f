import { DataError } from "../../core/errors.ts";
import { REGIMES, type RegimeRule, regimeLabels } from "../../labels/index.ts";
import { type BarSeries, singlePanel } from "../../market/bars.ts";
import type { Table } from "../tabular/tabularModel.ts";
import { regimeFeatures } from "./regimeFeatures.ts";

/** Bars with what the rule says of them afterwards, and what was known at each. */
export interface RegimeRows {
  readonly closeTime: Float64Array;
  /** [T] place in REGIMES, -1 without a label */
  readonly states: Int32Array;
  /** [T] ms UTC, Infinity without a label */
  readonly knownAt: Float64Array;
  /** [T] the latest regime that was known at the row's close, -1 while none was */
  readonly known: Int32Array;
  /** bars from a row to the one at which its regime is known */
  readonly horizonBars: number;
  /** [T, F] of every bar; NaN in the warm-up */
  readonly table: Table;
  /** columns by what they measure, for importances of a group */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** rows to learn from: labelled, past the warm-up, with a bar of their own */
  readonly usable: Int32Array;
}

/**
 * Labels and causal columns of bars: `regimeFeatures`, and of each regime whether it is the last one known (`known.range`, …).
 * @throws DataError when no bar has a regime, saying why that is
 */
export function regimeRows(bars: BarSeries, rule: RegimeRule): RegimeRows {
  const panel = singlePanel(bars);
  const labeler = regimeLabels.create(rule);
  const { values, knownAt } = labeler.label(panel);
  const states = Int32Array.from(values[0]!, (v) => (Number.isNaN(v) ? -1 : v));
  if (states.every((s) => s < 0)) throw new DataError(noLabels(bars, rule, labeler.horizonBars));
  const known = lastKnown(bars.closeTime, states, knownAt);
  const feature = regimeFeatures(rule.referenceBars);
  const columns = feature.compute(panel);
  const names = [...feature.columns, ...REGIMES.map((name) => `known.${name}`)];
  const F = names.length;
  const table = { names, rows: bars.length, values: new Float32Array(bars.length * F) };
  for (let t = 0; t < bars.length; t++) {
    columns.forEach((column, f) => {
      table.values[t * F + f] = column[t]!;
    });
    if (known[t]! >= 0) table.values[t * F + columns.length + known[t]!] = 1;
  }
  const warm = (t: number): boolean => t >= feature.lookback && Number.isFinite(columns[0]![t]!);
  return {
    closeTime: bars.closeTime,
    states,
    knownAt,
    known,
    horizonBars: labeler.horizonBars,
    table,
    groups: groupsOf(names),
    usable: Int32Array.from(states, (_, t) => t).filter((t) => states[t]! >= 0 && warm(t)),
  };
}

function noLabels(bars: BarSeries, rule: RegimeRule, horizon: number): string {
  const least = rule.halfBars + rule.referenceBars + horizon + 1;
  if (bars.length < least)
    return `regimes: ${bars.instrument} has ${bars.length} bars, and the rule reads ${least} at least: give more bars or a smaller referenceBars`;
  const first = bars.close.find((c) => c > 0);
  if (bars.close.every((c) => c === first || !(c > 0)))
    return `regimes: the price of ${bars.instrument} does not move: without volatility there is no unit to measure a regime by`;
  return `regimes: no ${least} bars of ${bars.instrument} follow each other without a gap or a price that is none: mend the bars, or let the rule's gaps be 'allow'`;
}

/** Labels become known in their rows' order. */
function lastKnown(closeTime: Float64Array, states: Int32Array, knownAt: Float64Array): Int32Array {
  const out = new Int32Array(states.length).fill(-1);
  let next = 0;
  let latest = -1;
  for (let t = 0; t < out.length; t++) {
    for (; next < t && (states[next]! < 0 || knownAt[next]! <= closeTime[t]!); next++)
      if (states[next]! >= 0) latest = states[next]!;
    out[t] = latest;
  }
  return out;
}

/** `trend5`, `trend20` are one group; columns of a group tell much the same. */
function groupsOf(names: readonly string[]): Record<string, string[]> {
  const groups: Record<string, string[]> = {};
  for (const name of names) {
    const group = name.startsWith("known.") ? "lastKnownRegime" : name.replace(/\d+$/, "");
    groups[group] = [...(groups[group] ?? []), name];
  }
  return groups;
}
