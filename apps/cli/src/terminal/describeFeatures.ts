import type { BuiltFeatures, FeatureSelection } from "@orion/trade/recipe";
import { percent, table } from "./output.ts";

/** Columns that make up most of a component. */
const SHOWN_LOADINGS = 4;

export function describeBuiltFeatures(built: BuiltFeatures): string {
  const { read, compute, write } = built.timings;
  return [
    table(
      ["column", "values", "missing"],
      built.columns.map((c) => [c.name, String(c.finite), String(c.missing)]),
    ),
    "",
    table(
      ["set", "columns", "lookback", "ms", "ns a value"],
      built.sets.map((s) => [
        s.kind,
        String(s.columns),
        `${s.lookback} bars`,
        s.ms.toFixed(1),
        s.nsPerValue.toFixed(1),
      ]),
    ),
    "",
    table(
      ["symbol", "bars", "with every column", "from", "to"],
      built.symbols.map((s) => [s.symbol, String(s.rows), String(s.wholeRows), s.from, s.to]),
    ),
    "",
    `${built.columns.length} columns x ${built.rows} bars in ${built.out} (${(built.bytes / 1e6).toFixed(1)} MB)`,
    `read ${read.toFixed(0)} ms, computed ${compute.toFixed(0)} ms, written ${write.toFixed(0)} ms`,
  ].join("\n");
}

export function describeSelection(found: FeatureSelection): string {
  const { trainingRange, selection } = found;
  const way = found.inRecipe
    ? `recipe '${found.recipe}' selects like this when it trains`
    : `recipe '${found.recipe}' does not select like this when it trains: 'selection' in the recipe asks for it`;
  return [
    ...(selection.kind === "correlation" ? correlated(selection) : components(selection)),
    "",
    `${found.columns} columns, ${found.kept.length} ${selection.kind === "pca" ? "components" : "stay"}; ${found.rows} training rows of ${found.symbols.join(", ")}, ${trainingRange.from} to ${trainingRange.to}`,
    way,
  ].join("\n");
}

type Correlated = Extract<FeatureSelection["selection"], { kind: "correlation" }>;
type Components = Extract<FeatureSelection["selection"], { kind: "pca" }>;

function correlated({ kept, dropped, from, information, against, limit }: Correlated): string[] {
  const nats = (value: number): string => value.toFixed(5);
  return [
    table(
      ["dropped", "since it stays", "r", "nats", "nats of that"],
      dropped.map((d) =>
        d.reason === "constant"
          ? [d.name, "– (it does not vary)", "–", "–", "–"]
          : [d.name, d.kept, d.r.toFixed(4), nats(d.information), nats(d.keptInformation)],
      ),
    ),
    "",
    table(
      ["stays", "nats"],
      kept.map((name) => [name, nats(information[from.indexOf(name)]!)]),
    ),
    "",
    `of two columns with |r| > ${limit} the one with less mutual information with the ${against} goes; nats are binned and corrected for the number of rows, around 0 where a column tells nothing`,
  ];
}

function components({ shares, loadings, used, constant }: Components): string[] {
  let held = 0;
  return [
    table(
      ["component", "share", "together", "made most of"],
      shares.map((share, k) => {
        held += share;
        const most = used
          .map((name, f) => ({ name, loading: loadings[k]![f]! }))
          .sort((a, b) => Math.abs(b.loading) - Math.abs(a.loading))
          .slice(0, SHOWN_LOADINGS)
          .map(({ name, loading }) => `${loading.toFixed(2)} ${name}`);
        return [`pc${k + 1}`, percent(share), percent(held), most.join(", ")];
      }),
    ),
    ...(constant.length > 0 ? ["", `left out, since they do not vary: ${constant.join(", ")}`] : []),
  ];
}
