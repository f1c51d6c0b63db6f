import type { GraphBuilder } from "../graph/graphBuilder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { cast, equal } from "../ops/comparison.ts";
import { argMax } from "../ops/indexing.ts";
import { reduceMean } from "../ops/reduction.ts";

/** Share of rows whose largest logit is the label's. logits [B, C], labels [B] int32; a scalar, no derivative. */
export function accuracy(g: GraphBuilder, logits: Tensor, labels: Tensor): Tensor {
  const hits = equal(g, argMax(g, logits, 1), cast(g, labels, "int64"));
  return reduceMean(g, cast(g, hits, g.float));
}
