import { z } from "zod";
import { dropoutRate, headsDivideWidth, layerCount, layerWidth, windowLength } from "./networkConfig.ts";

/** Shape of the network; see `transformerSignal`. */
export const TransformerSignalConfig = z
  .strictObject({
    kind: z.literal("transformerSignal"),
    window: windowLength(128),
    width: layerWidth(256),
    heads: layerCount(8),
    blocks: layerCount(6),
    feedForward: layerWidth(768),
    dropout: dropoutRate(0.1),
  })
  .superRefine((sizes, context) =>
    headsDivideWidth(sizes, (issue) => context.addIssue({ code: "custom", ...issue })),
  );
export type TransformerSignalConfig = z.output<typeof TransformerSignalConfig>;
