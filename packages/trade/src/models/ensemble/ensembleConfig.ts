import { z } from "zod";

/**
 * How many networks vote.
 * - seeds: the same recipe trained from `members` seeds, one after the other: the recipe's own, and those that follow it.
 *   Lakshminarayanan, Pritzel and Blundell 2017 (arXiv 1612.01474), without their adversarial examples.
 *   `bag: sequential` trains each of them on a bag of its own: as many windows, drawn by the sequential bootstrap (`sequentialBag`).
 * - snapshots: one training whose learning rate restarts; its weights at the end of the last `members` periods.
 *   Huang et al. 2017 (arXiv 1704.00109).
 */
export const EnsembleConfig = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("seeds"),
    members: z.int().min(1).max(32),
    /** all training windows unless given */
    bag: z.literal("sequential").optional(),
  }),
  z.strictObject({ kind: z.literal("snapshots"), members: z.int().min(1).max(32) }),
]);
export type EnsembleConfig = z.output<typeof EnsembleConfig>;

/** The members of an exported ensemble, as they were trained. */
export const EnsembleRecord = z.strictObject({
  kind: z.enum(["seeds", "snapshots"]),
  members: z
    .array(
      z.strictObject({
        seed: z.int(),
        /** epoch of its training whose weights are kept */
        epoch: z.int(),
        /** of these weights alone, on the validation rows */
        validationLoss: z.number(),
      }),
    )
    .min(1),
});
export type EnsembleRecord = z.output<typeof EnsembleRecord>;
