import type { BuiltLabels } from "@orion/trade/recipe";
import { decimal, percent, table } from "./output.ts";

const count = (n: number): string => n.toLocaleString("en");

/** Columns whose 0, 1, 2 are a side. */
const SIDED = ["class", "direction", "position"];

const nameOf = (column: string, value: number): string =>
  (SIDED.includes(column) ? ["BUY", "HOLD", "SELL"][value] : undefined) ?? String(value);

/** What was labelled, and how much the labels say beside one another. */
export function describeLabels(built: BuiltLabels): string {
  const { rows, bars, columns, symbols, meanUniqueness } = built;
  const shares = ({ name, counts = [] }: BuiltLabels["columns"][number]): string =>
    counts
      .map(({ value, rows: n }) => `${nameOf(name, value)}: ${count(n)} (${percent(n / rows, 1)})`)
      .join("  ");
  const figure = (value: number): string => String(Number(value.toPrecision(4)));
  const of = symbols.length === 1 ? `${symbols[0]!.symbol}, ` : `${count(symbols.length)} symbols, `;
  return [
    `${built.label.kind} of ${built.recipe}: ${of}${count(rows)} of ${count(bars)} bars have a label, known ${built.horizonBars} bar${built.horizonBars === 1 ? "" : "s"} later at the latest`,
    "",
    table(
      ["column", "least", "mean", "most", "rows by value"],
      columns.map((c) => [c.name, figure(c.min), figure(c.mean), figure(c.max), shares(c)]),
    ),
    "",
    meanUniqueness > 0.9995
      ? `The labels share no bar (average uniqueness ${decimal(meanUniqueness, 3)}).`
      : `Average uniqueness ${decimal(meanUniqueness, 3)}: the labels overlap, and ${count(rows)} of them are worth about ${count(Math.round(meanUniqueness * rows))} that share no bar.`,
    `Wrote ${built.out} (${decimal(built.bytes / 1e6, 2)} MB).`,
  ].join("\n");
}
