import { z } from "zod";
import { headsDivideWidth, layerCount, layerWidth } from "./networkConfig.ts";

/** Keys of a Transformer encoder that is part of a network, with the given sizes as defaults. */
export const transformerSizes = (usual: {
  width: number;
  heads: number;
  blocks: number;
  feedForward: number;
}) =>
  z
    .strictObject({
      width: layerWidth(usual.width),
      heads: layerCount(usual.heads),
      blocks: layerCount(usual.blocks),
      /** inner width of a block's feed-forward part */
      feedForward: layerWidth(usual.feedForward),
    })
    .superRefine((sizes, context) =>
      headsDivideWidth(sizes, (issue) => context.addIssue({ code: "custom", ...issue })),
    )
    .prefault({});
