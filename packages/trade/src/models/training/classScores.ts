import {
  argMax,
  cast,
  type GraphBuilder,
  mul,
  oneHot,
  reduceMean,
  reduceSum,
  slice,
  type Tensor,
} from "@orion/grad";
import { SIGNALS } from "../../labels/labeler.ts";

/**
 * Of each class the share of rows that are of it, that were said to be, and both. Their means over any number of batches
 * give recalls and precisions exactly; a mean of recalls of single batches would not.
 * @param logits [B, 3], labels [B] int32 @param head before the names, such as "position."
 */
export function classParts(
  g: GraphBuilder,
  logits: Tensor,
  labels: Tensor,
  head = "",
): Record<string, Tensor> {
  const actual = oneHot(g, labels, 3);
  const said = oneHot(g, cast(g, argMax(g, logits, 1), "int32"), 3);
  const means = {
    share: reduceMean(g, actual, 0),
    said: reduceMean(g, said, 0),
    hits: reduceMean(g, mul(g, actual, said), 0),
  };
  return Object.fromEntries(
    Object.entries(means).flatMap(([part, values]) =>
      SIGNALS.map((name, c) => [`${head}${part}.${name}`, reduceSum(g, slice(g, values, 0, c, c + 1))]),
    ),
  );
}

/**
 * Scores of the largest output from the means of `classParts`, over the classes that occur or are said:
 * balancedAccuracy, the mean recall of those that occur (1/3 is chance), and macroF1, the mean of
 * 2 hits / (share + said). null where nothing was measured.
 */
export function classScores(
  metrics: Readonly<Record<string, number>>,
  head = "",
): { balancedAccuracy: number; macroF1: number } | null {
  const recalls: number[] = [];
  const f1: number[] = [];
  for (const name of SIGNALS) {
    const [share, said, hits] = ["share", "said", "hits"].map((part) => metrics[`${head}${part}.${name}`]);
    if (share === undefined || said === undefined || hits === undefined) return null;
    if (share > 0) recalls.push(hits / share);
    if (share + said > 0) f1.push((2 * hits) / (share + said));
  }
  const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  return recalls.length === 0 ? null : { balancedAccuracy: mean(recalls), macroF1: mean(f1) };
}
