/** One decision: feature < threshold (or <=) goes to `yes`, a missing value where `missingYes` says. */
export interface TreeSplit {
  feature: number;
  /** a 32-bit float: inputs are such, and no comparison with one changes by it */
  threshold: number;
  comparison: "<" | "<=";
  missingYes: boolean;
  /** places in the tree's nodes, after this one */
  yes: number;
  no: number;
}
export type TreeNode = TreeSplit | { leaf: number };

export interface EnsembleTree {
  /** which raw score it adds to */
  output: number;
  /** the first is the root */
  nodes: readonly TreeNode[];
}

/** Trees whose leaves add up to raw scores; the same for every library. */
export interface TreeEnsemble {
  features: number;
  /** softmax over the scores; the logistic function of the one score; the score itself; the scores divided by their sum */
  link: "softmax" | "logistic" | "identity" | "shares";
  /** where each score starts */
  base: readonly number[];
  trees: readonly EnsembleTree[];
}
