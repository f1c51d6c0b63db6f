import { z } from "zod";

/** What is needed beside the graph to predict with a fitted tabular model; plain JSON. */
export const TabularManifest = z.strictObject({
  kind: z.string().min(1),
  /** columns in the order in which the graph reads them */
  names: z.array(z.string()).min(1),
  target: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("classes"), classes: z.array(z.string()).min(2) }),
    z.strictObject({ kind: z.literal("values") }),
  ]),
  /** rows it was fitted on */
  rows: z.int().positive(),
  /** what the reader has to know of the fit: columns without information, classes without rows, no convergence */
  notes: z.array(z.string()),
  /** by measure one number a column */
  importance: z.record(z.string(), z.array(z.number())),
});
export type TabularManifest = z.output<typeof TabularManifest>;

/** Names of what the model predicts: the classes, or "value". */
export function outputNames(target: TabularManifest["target"]): readonly string[] {
  return target.kind === "classes" ? target.classes : ["value"];
}

/** Name of the graph's float32 output: [rows, K] "probabilities" or [rows, 1] "value". */
export function graphOutput(target: { kind: "classes" | "values" }): "probabilities" | "value" {
  return target.kind === "classes" ? "probabilities" : "value";
}
