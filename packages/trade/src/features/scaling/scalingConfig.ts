import { z } from "zod";
import { DEFAULT_CLIP } from "./scaledColumn.ts";

const clip = z.number().gt(0).default(DEFAULT_CLIP);

/**
 * How columns are scaled before a network sees them: standard (mean and deviation of the training rows), robust (their
 * median and quartiles), rankGauss (normal scores of their ranks), rolling (each row's own last bars; nothing is fitted).
 */
export const ScalingConfig = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("standard"), clip }),
  z.strictObject({ kind: z.literal("robust"), clip }),
  z.strictObject({ kind: z.literal("rankGauss"), clip }),
  z.strictObject({ kind: z.literal("rolling"), lookbackBars: z.int().min(2).max(100_000), clip }),
]);
export type ScalingConfig = z.output<typeof ScalingConfig>;
