import { TreesDataError } from "../errors.ts";
import type { TreeEnsemble } from "../onnx/treeEnsemble.ts";
import type { LightgbmEnsemble } from "./lightgbmEnsemble.ts";

/**
 * The class shares of a random forest's leaves, out of LightGBM's rf trained with `startFromMean: false` and no l1, l2.
 *
 * LightGBM's leaf holds one Newton step of the log loss from score 0, where p_k = 1/K: G = w (1/K - f_k) and
 * H = w K/(K-1) · 1/K (1 - 1/K) = w/K, so that the leaf is K f_k - 1, f_k the weighted share of class k in it; with two
 * classes and one score H = w/4 and the leaf is 4 f - 2. Shares are what a random forest averages (Breiman 2001).
 * With three classes or more each has trees of its own, one against the rest: the means are divided by their sum.
 */
export function forestShares(forest: LightgbmEnsemble): TreeEnsemble {
  if (!forest.isForest || forest.link === "identity")
    throw new TreesDataError("class shares are those of a random forest for classes: this is another model");
  const classes = forest.link === "logistic" ? 2 : forest.base.length;
  const { rounds } = forest;
  const share = (leaf: number): number =>
    // leaves are divided by the rounds already
    forest.link === "logistic" ? (leaf + 2 / rounds) / 4 : (leaf + 1 / rounds) / classes;
  const mapped = forest.trees.map(({ output, nodes }) => ({
    output: forest.link === "logistic" ? 1 : output,
    nodes: nodes.map((n) => ("leaf" in n ? { leaf: share(n.leaf) } : n)),
  }));
  const first =
    forest.link === "logistic"
      ? mapped.map(({ nodes }) => ({
          output: 0,
          nodes: nodes.map((n) => ("leaf" in n ? { leaf: 1 / rounds - n.leaf } : n)),
        }))
      : [];
  return {
    features: forest.features,
    link: "shares",
    base: new Array<number>(classes).fill(0),
    trees: [...mapped, ...first],
  };
}
