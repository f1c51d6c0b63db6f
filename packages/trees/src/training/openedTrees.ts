import type { TreeEnsemble } from "../onnx/treeEnsemble.ts";
import type { TreeTable } from "./treeData.ts";

/** A trained model with its library, on the calling thread. Serving goes through ONNX instead. */
export interface OpenedTrees {
  ensemble: TreeEnsemble;
  /** [rows, classes] probabilities or [rows, 1] values */
  predict(table: TreeTable): Float64Array;
  /** raw scores [rows, K]; K is 1 for two classes and for values */
  margins(table: TreeTable): Float64Array;
  /** Shapley values by TreeSHAP [rows, K, features + 1], the last the expected score: they sum to the raw score */
  contributions(table: TreeTable): Float64Array;
  /** for each feature the gain of all splits on it, or their number */
  importance(kind: "gain" | "split"): number[];
  close(): void;
}
