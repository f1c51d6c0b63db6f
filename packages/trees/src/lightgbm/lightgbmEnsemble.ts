import { TreesDataError } from "../errors.ts";
import type { EnsembleTree, TreeEnsemble, TreeNode } from "../onnx/treeEnsemble.ts";

/** Zeros of LightGBM, kZeroThreshold of its meta.h: |x| <= 1e-35 as a 32-bit float. */
const ZERO = Math.fround(1e-35);
const LARGEST = 3.4028234663852886e38;
/** Where zeros count as missing, a decision needs three of ONNX's and a branch twice; nobody serves a model beyond this. */
const MOST_NODES = 4_000_000;

/** Bits of LightGBM's decision_type. */
const CATEGORICAL = 1;
const DEFAULT_LEFT = 2;
const MISSING_ZERO = 1;
const MISSING_NAN = 2;

export interface LightgbmEnsemble extends TreeEnsemble {
  /** rounds: trees for each score */
  rounds: number;
  /** a random forest: the score is the mean over the rounds; the leaves are divided already */
  isForest: boolean;
}

/**
 * The trees of a LightGBM model in its text format, read without the library.
 *
 * x <= threshold goes left, x a 32-bit float and the threshold a 64-bit one: the largest 32-bit float that is not above
 * the threshold decides alike.
 *
 * @throws TreesDataError on bytes that are cut short or damaged, or a model with categories, linear leaves or another
 * objective
 */
export function lightgbmEnsemble(bytes: Uint8Array): LightgbmEnsemble {
  const text = new TextDecoder().decode(bytes);
  if (!text.startsWith("tree\n"))
    throw new TreesDataError("the model is not one of LightGBM: give the file that its training wrote");
  const end = text.indexOf("\nend of trees\n");
  if (end < 0 || !text.includes("\nend of parameters\n", end))
    throw new TreesDataError("the LightGBM model is cut short: train it again");
  const [head = "", ...blocks] = text.slice(0, end).split(/\n(?=Tree=\d+\n)/);
  const said = fieldsOf(head);
  if (said.get("version") !== "v4" && said.get("version") !== "v3")
    throw new TreesDataError(
      `the LightGBM model is of the format ${said.get("version")}: Orion reads v3 and v4, those of LightGBM 3 and 4`,
    );
  const objective = said.get("objective") ?? "none";
  const link = linkOf(objective);
  const outputs = Number(said.get("num_tree_per_iteration"));
  const features = Number(said.get("max_feature_idx")) + 1;
  const sizes = (said.get("tree_sizes") ?? "").split(" ").filter((s) => s !== "");
  if (!(outputs >= 1) || !(features >= 1) || blocks.length === 0 || blocks.length % outputs !== 0)
    throw damaged();
  if (sizes.length !== blocks.length) throw damaged();
  const rounds = blocks.length / outputs;
  const isForest = /^average_output$/m.test(head);
  let count = 0;
  const trees = blocks.map((block, i) => {
    const nodes = readTree(fieldsOf(block), features, isForest ? 1 / rounds : 1);
    count += nodes.length;
    if (count > MOST_NODES)
      throw new TreesDataError(
        `the LightGBM model has more than ${MOST_NODES} nodes: train fewer or smaller trees`,
      );
    return { output: i % outputs, nodes } satisfies EnsembleTree;
  });
  return { features, link, base: new Array<number>(outputs).fill(0), trees, rounds, isForest };
}

function linkOf(objective: string): TreeEnsemble["link"] {
  const [name, ...options] = objective.split(" ");
  if (name === "multiclass") return "softmax";
  if (name === "binary" && options.includes("sigmoid:1")) return "logistic";
  if (name === "regression" && options.length === 0) return "identity";
  throw new TreesDataError(
    `the LightGBM model has the objective ${objective}: Orion reads multiclass, binary with sigmoid:1, regression`,
  );
}

const fieldsOf = (block: string): Map<string, string> =>
  new Map(
    block.split("\n").map((line) => {
      const at = line.indexOf("=");
      return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
    }),
  );

function readTree(fields: Map<string, string>, features: number, weight: number): TreeNode[] {
  const numbers = (name: string, length: number): number[] => {
    const words = (fields.get(name) ?? "").split(" ").filter((w) => w !== "");
    const found = words.map((w) => (w === "inf" ? Number.POSITIVE_INFINITY : Number(w)));
    if (found.length !== length || found.some(Number.isNaN)) throw damaged();
    return found;
  };
  const leafCount = Number(fields.get("num_leaves"));
  if (!(leafCount >= 1)) throw damaged();
  if (fields.get("num_cat") !== "0")
    throw new TreesDataError("the LightGBM model splits by categories: give them as numbers and train again");
  if (fields.get("is_linear") === "1")
    throw new TreesDataError("the LightGBM model has linear leaves: train it without linear_tree");
  const leaves = numbers("leaf_value", leafCount);
  if (leafCount === 1) return [{ leaf: leaves[0]! * weight }];
  const splits = leafCount - 1;
  const feature = numbers("split_feature", splits);
  const threshold = numbers("threshold", splits);
  const decision = numbers("decision_type", splits);
  const left = numbers("left_child", splits);
  const right = numbers("right_child", splits);
  const isChild = (child: number, parent: number): boolean =>
    Number.isInteger(child) && (child >= 0 ? child > parent && child < splits : ~child < leafCount);
  const nodes: TreeNode[] = [];
  /** Appends a branch and gives its place; a negative child is the leaf ~child. */
  const add = (child: number): number => {
    const at = nodes.length;
    if (at > MOST_NODES) throw damaged();
    if (child < 0) {
      nodes.push({ leaf: leaves[~child]! * weight });
      return at;
    }
    const type = decision[child]!;
    if (type & CATEGORICAL)
      throw new TreesDataError(
        "the LightGBM model splits by categories: give them as numbers and train again",
      );
    const f = feature[child]!;
    if (!(f >= 0 && f < features) || !isChild(left[child]!, child) || !isChild(right[child]!, child))
      throw damaged();
    const split = (comparison: "<" | "<=", value: number, missingYes: boolean): number => {
      const place = nodes.length;
      nodes.push({ feature: f, threshold: value, comparison, missingYes, yes: 0, no: 0 });
      return place;
    };
    const join = (place: number, yes: number, no: number): void => {
      nodes[place] = { ...(nodes[place] as Extract<TreeNode, { feature: number }>), yes, no };
    };
    const bound = boundOf(threshold[child]!);
    const defaultLeft = (type & DEFAULT_LEFT) !== 0;
    const missing = (type >> 2) & 3;
    // a missing value where training saw none counts as zero
    const zeroLeft = 0 <= threshold[child]!;
    if (missing === MISSING_ZERO && defaultLeft !== zeroLeft) {
      const other = defaultLeft ? left[child]! : right[child]!;
      const below = split("<", -ZERO, false);
      const under = split("<=", bound, false);
      join(under, add(left[child]!), add(right[child]!));
      const zero = split("<=", ZERO, true);
      const atZero = add(other);
      const over = split("<=", bound, false);
      join(over, add(left[child]!), add(right[child]!));
      join(zero, atZero, over);
      join(below, under, zero);
      return below;
    }
    split("<=", bound, missing === MISSING_NAN ? defaultLeft : zeroLeft);
    join(at, add(left[child]!), add(right[child]!));
    return at;
  };
  add(0);
  return nodes;
}

/**
 * The 32-bit float that decides as the threshold does. LightGBM reads every |x| <= 1e-35 as 0: a threshold between
 * -1e-35 and 0 has them all on the right, one between 0 and 1e-35 all on the left.
 */
function boundOf(threshold: number): number {
  if (threshold >= -ZERO && threshold < 0) return floatBelow(-ZERO);
  if (threshold >= 0 && threshold < ZERO) return ZERO;
  const near = Math.fround(Math.max(-LARGEST, Math.min(threshold, LARGEST)));
  return near <= threshold ? near : floatBelow(near);
}

/** The next 32-bit float below x, which is not 0. */
function floatBelow(x: number): number {
  const bits = new Int32Array(1);
  const float = new Float32Array(bits.buffer);
  float[0] = x;
  bits[0]! += x > 0 ? -1 : 1;
  return float[0];
}

const damaged = (): TreesDataError =>
  new TreesDataError("the LightGBM model is damaged, its trees do not fit together: train it again");
