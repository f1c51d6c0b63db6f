import type { TuneAnswer } from "@orion/trade/recipe";
import { table } from "./output.ts";

type Score = TuneAnswer["best"]["score"];

export function describeTune(found: TuneAnswer): string {
  const { trials, present, naive, gain } = found;
  const line = (what: string, { value, interval }: Score): string[] => [
    what,
    value.toFixed(5),
    interval === null ? "too few days" : `${interval.low.toFixed(5)} to ${interval.high.toFixed(5)}`,
  ];
  return [
    `${found.base} (${found.kind}) of ${found.recipe}: ${trials.run} trials by ${found.method}, ${trials.failed} failed`,
    `${found.objective}: ${found.rows} rows of ${found.days} days, ${found.columns} columns, ${found.folds} folds`,
    found.without.length === 0 ? "all columns" : `without the columns of ${found.without.join(", ")}`,
    `the trial ledger counts ${trials.counted} trials of this recipe`,
    "",
    table(
      ["log loss", "mean", "95 % interval"],
      [
        line(`best, trial ${found.best.trial}`, found.best.score),
        line(present.inRecipe ? "recipe's present options" : "usual options", present.score),
        line("naive: shares of the classes", naive.score),
        line("gain over the present ones", gain.overPresent),
        line("gain over naive", gain.overNaive),
      ],
    ),
    "",
    found.yaml.trimEnd(),
    "",
    ...found.warnings.map((warning) => `! ${warning}`),
    `journal ${found.journal}`,
    `table ${found.table.path}${found.table.kept ? ", kept from an earlier search" : ""}`,
  ].join("\n");
}
