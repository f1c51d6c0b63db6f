import { z } from "zod";
import { scalerSchema, selectionSchema } from "../../features/index.ts";
import { NetworkConfig } from "../networks/index.ts";
import { TargetScaling } from "./multiTaskTargets.ts";

/** What is needed beside the graph to predict with a network of six heads. */
export const MultiTaskManifest = z.strictObject({
  network: NetworkConfig,
  /** of what the network reads: the selected columns, or all of them */
  scaler: scalerSchema,
  selection: selectionSchema.optional(),
  scaling: TargetScaling,
  /** by task, what its loss weighed at the end: the recipe's numbers, or what was learned (exp -s) */
  taskWeights: z.record(z.string(), z.number()),
  /** how the confidence head was fitted; null where it was left out and its output says nothing */
  confidence: z
    .strictObject({
      /** rows that the other heads did not see */
      heldBack: z.int(),
      /** share of them on which the direction head was right: what a confidence is compared with */
      rightShare: z.number(),
      bestEpoch: z.int(),
    })
    .nullable(),
  parameters: z.int().positive(),
});
export type MultiTaskManifest = z.output<typeof MultiTaskManifest>;
