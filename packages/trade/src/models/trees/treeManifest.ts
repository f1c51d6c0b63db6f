import { fitStandardizer } from "../tabular/standardizer.ts";
import type { TabularManifest } from "../tabular/tabularManifest.ts";
import type { TabularData } from "../tabular/tabularModel.ts";

/** What is told of every fit by a library: the columns without information, more columns than rows. */
export function treeManifest(
  kind: string,
  { table, target, weights }: TabularData,
  notes: readonly string[],
  importance: TabularManifest["importance"],
): TabularManifest {
  const { varies, notes: columns } = fitStandardizer(table, weights);
  const used = varies.filter(Boolean).length;
  return {
    kind,
    names: [...table.names],
    target:
      target.kind === "classes" ? { kind: "classes", classes: [...target.classes] } : { kind: "values" },
    rows: table.rows,
    notes: [
      ...columns,
      ...notes,
      ...(used >= table.rows
        ? [`${used} columns for ${table.rows} rows: what fits the training rows says little of others`]
        : []),
    ],
    importance,
  };
}
