import { z } from "zod";

/** Shape of the network; see `transformerSignal`. */
export const TransformerSignalConfig = z
  .strictObject({
    kind: z.literal("transformerSignal"),
    window: z.int().min(2).max(4096),
    width: z.int().min(2).max(4096),
    heads: z.int().min(1),
    blocks: z.int().min(1).max(64),
    feedForward: z.int().min(1).max(65_536),
    dropout: z.number().min(0).max(0.9),
  })
  .refine((m) => m.width % m.heads === 0, { message: "heads must divide width", path: ["heads"] });
export type TransformerSignalConfig = z.output<typeof TransformerSignalConfig>;
