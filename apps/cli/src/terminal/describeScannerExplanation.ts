import type {
  ImportanceLine,
  ScannerExplanation,
  ScannerRowsExplanation,
  ScannerSymbolExplanation,
} from "@orion/trade/recipe";
import { percent, table } from "./output.ts";

const plotWidth = 40;

export function describeScannerExplanation(found: ScannerExplanation): string {
  return found.about === "symbol" ? describeSymbol(found) : describeRows(found);
}

function describeSymbol(found: ScannerSymbolExplanation): string {
  const { probabilities: p } = found;
  const signed = (value: number): string => `${value < 0 ? "" : "+"}${value.toFixed(4)}`;
  return [
    `${found.symbol} as of ${found.as_of}, model ${found.model}: ${found.decision}`,
    `BUY ${percent(p.BUY, 1)}, HOLD ${percent(p.HOLD, 1)}, SELL ${percent(p.SELL, 1)}`,
    `raw score of ${found.output}, mean of ${found.members.map(({ name }) => name).join(", ")}: ${found.value.toFixed(4)}; of an average row ${found.baseline.toFixed(4)}`,
    ...(found.unexplained.length === 0 ? [] : [`not in here: ${found.unexplained.join(", ")}`]),
    "",
    table(
      ["base model", "average row", "+ sum", "= raw score", "gap"],
      found.members.map((m) => [
        m.name,
        m.base.toFixed(6),
        signed(m.sum),
        m.score.toFixed(6),
        `${m.gap.toExponential(1)}${m.additive ? "" : "  DOES NOT ADD UP"}`,
      ]),
    ),
    "",
    table(
      ["group", "columns", "contribution"],
      found.byGroup.map((g) => [g.group, String(g.columns), signed(g.contribution)]),
    ),
    "",
    table(
      ["column", "group", "value", "contribution"],
      [
        ...found.byColumn.map((c) => [
          c.column,
          c.group,
          c.value === null ? "missing" : c.value.toPrecision(4),
          signed(c.contribution),
        ]),
        [`${found.rest.columns} others`, "", "", signed(found.rest.contribution)],
      ],
    ),
  ].join("\n");
}

function describeRows(found: ScannerRowsExplanation): string {
  const { importance, dependence } = found;
  const lines = (all: readonly ImportanceLine[]): string[][] =>
    all.map((one) => [
      one.name,
      String(one.columns),
      one.drop.toFixed(5),
      `${one.low.toFixed(5)} to ${one.high.toFixed(5)}`,
    ]);
  return [
    `model ${found.model}: ${found.rows} test rows of ${found.days} days, log loss ${found.loss.toFixed(5)} (${found.trainedLoss.toFixed(5)} when it was trained)`,
    ...(importance === null
      ? []
      : [
          `how much the log loss rises when columns are shuffled over the rows, ${importance.repeats} times; the interval is of the shuffling alone`,
          "",
          table(["group", "columns", "rise", "95 % interval"], lines(importance.byGroup)),
          "",
          table(["column", "columns", "rise", "95 % interval"], lines(importance.byColumn)),
          `columns chosen by the ${importance.chosenBy}`,
        ]),
    ...(dependence === null ? [] : ["", describeDependence(dependence)]),
  ].join("\n");
}

/** A line a value of the column: the mean as a mark, the middle 80 % of the rows as a bar. */
function describeDependence(found: NonNullable<ScannerRowsExplanation["dependence"]>): string {
  const [first, last] = [found.quantiles[0]!, found.quantiles.at(-1)!];
  const low = Math.min(...first.values);
  const high = Math.max(...last.values);
  const place = (value: number): number =>
    high > low ? Math.round(((value - low) / (high - low)) * (plotWidth - 1)) : 0;
  return [
    `P(${found.output}) with ${found.column} set to a value in every row: mean ●, and rows from ${percent(first.share, 0)} to ${percent(last.share, 0)} ─`,
    `${" ".repeat(12)}  ${low.toFixed(4)}${" ".repeat(Math.max(1, plotWidth - 12))}${high.toFixed(4)}`,
    ...found.at.map((value, i) => {
      const [from, to] = [place(first.values[i]!), place(last.values[i]!)];
      const mark = place(found.mean[i]!);
      const drawn = Array.from({ length: plotWidth }, (_, x) =>
        x === mark ? "●" : x >= from && x <= to ? "─" : " ",
      );
      return `${value.toPrecision(4).padStart(12)}  ${drawn.join("")}  ${found.mean[i]!.toFixed(4)}`;
    }),
    ...(found.missing > 0
      ? [`${percent(found.missing, 1)} of the rows had no value; it was set in them too`]
      : []),
  ].join("\n");
}
