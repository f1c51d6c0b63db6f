import { z } from "zod";
import { scalerSchema, selectionSchema } from "../../features/index.ts";
import { EnsembleRecord } from "../ensemble/ensembleConfig.ts";
import { NetworkConfig } from "../networks/index.ts";

const threeNumbers = z.tuple([z.number(), z.number(), z.number()]);

/** What is needed beside the graph to predict with a signal network. Triples are in the order BUY, HOLD, SELL. */
export const SignalNetManifest = z.strictObject({
  network: NetworkConfig,
  /** of what the network reads: the selected columns, or all of them */
  scaler: scalerSchema,
  selection: selectionSchema.optional(),
  /** what one row of each class weighed in training, thinning by strides included: predictions are corrected by it */
  classWeights: threeNumbers,
  /** shares of the classes in the training rows before thinning */
  baseRates: threeNumbers,
  /** standard deviation of the training rows' returns */
  returnScale: z.number().positive(),
  parameters: z.int().positive(),
  /** the members, where the graph holds several networks: see `ensembleNetwork` */
  ensemble: EnsembleRecord.optional(),
});
export type SignalNetManifest = z.output<typeof SignalNetManifest>;
