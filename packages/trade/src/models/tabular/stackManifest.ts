import { z } from "zod";
import { Calibration } from "../calibration/calibration.ts";
import { TabularManifest } from "./tabularManifest.ts";

/**
 * A stack or an ensemble beside its files. The members stay files of their own, MEMBER.onnx and meta.onnx: each can be
 * read, explained and replaced alone, and a member that a native library trained keeps the file that was checked against it.
 */
export const StackManifest = z.strictObject({
  names: z.array(z.string()).min(1),
  members: z.array(z.strictObject({ name: z.string().min(1), manifest: TabularManifest })).min(1),
  meta: TabularManifest,
  calibration: Calibration.optional(),
  /** of training: folds, embargo, and what the members' folds said */
  notes: z.array(z.string()),
});
export type StackManifest = z.output<typeof StackManifest>;

/** Columns of the meta-learner: each member's probabilities of all classes, or its value. */
export function metaNames(members: readonly string[], outputs: readonly string[]): string[] {
  return members.flatMap((name) => outputs.map((output) => `${name}.${output}`));
}
