import { TreesDataError } from "../errors.ts";
import type { EnsembleTree, TreeEnsemble, TreeNode } from "../onnx/treeEnsemble.ts";

interface JsonTree {
  left_children: number[];
  right_children: number[];
  split_indices: number[];
  split_conditions: number[];
  default_left: (number | boolean)[];
  split_type?: number[];
  categories_nodes?: number[];
}
interface JsonModel {
  version: number[];
  learner: {
    objective: { name: string };
    learner_model_param: { base_score: string; num_class: string; num_feature: string };
    gradient_booster: { name: string; model?: { trees: JsonTree[]; tree_info: number[] } };
  };
}

const LINKS: Readonly<Record<string, TreeEnsemble["link"]>> = {
  "multi:softprob": "softmax",
  "binary:logistic": "logistic",
  "reg:squarederror": "identity",
};

/** The version of XGBoost that wrote the model, such as 1.7.4. */
export const xgboostVersionOf = (bytes: Uint8Array): string => parse(bytes).version.join(".");

/**
 * The trees of an XGBoost model in its JSON format, read without the library. x < threshold goes left, both as 32-bit
 * floats; the base score is kept as the objective says it: a probability for two classes.
 *
 * @throws TreesDataError on bytes that are cut short or damaged, or a model with categories, weights by DART or another
 * objective
 */
export function xgboostEnsemble(bytes: Uint8Array): TreeEnsemble {
  const { learner } = parse(bytes);
  const { objective, learner_model_param: shape, gradient_booster: booster } = learner;
  const link = LINKS[objective.name];
  if (!link || booster.name !== "gbtree" || !booster.model)
    throw new TreesDataError(
      `the XGBoost model is a ${booster.name} with ${objective.name}: Orion reads gbtree with ${Object.keys(LINKS).join(", ")}`,
    );
  const features = Number(shape.num_feature);
  const outputs = Math.max(1, Number(shape.num_class));
  // from 3.1 on a list: one for all classes or one a class
  const starts = shape.base_score
    .replace(/^\[|\]$/g, "")
    .split(",")
    .map((text) => {
      const score = Math.fround(Number(text));
      return link === "logistic" ? Math.log(score / (1 - score)) : score;
    });
  const { trees, tree_info: classes } = booster.model;
  if (
    !starts.every(Number.isFinite) ||
    (starts.length !== 1 && starts.length !== outputs) ||
    !(features >= 1) ||
    classes.length !== trees.length
  )
    throw damaged();
  return {
    features,
    link,
    base: Array.from({ length: outputs }, (_, k) => starts[k] ?? starts[0]!),
    trees: trees.map((tree, i) => readTree(tree, classes[i]!, features, outputs)),
  };
}

function readTree(tree: JsonTree, output: number, features: number, outputs: number): EnsembleTree {
  const { left_children: left, right_children: right, split_indices, split_conditions, default_left } = tree;
  if (tree.split_type?.some((type) => type !== 0))
    throw new TreesDataError("the XGBoost model splits by categories: give them as numbers and train again");
  const length = left.length;
  if (!(output >= 0 && output < outputs) || length === 0) throw damaged();
  const nodes = left.map((yes, i): TreeNode => {
    // written with the fewest digits that tell 32-bit floats apart
    const value = Math.fround(split_conditions[i] ?? Number.NaN);
    if (Number.isNaN(value)) throw damaged();
    if (yes === -1) return { leaf: value };
    const [feature, no] = [split_indices[i]!, right[i]!];
    // children come after their parent: what is followed from the root ends
    if (!(feature >= 0 && feature < features && yes > i && no > i && yes < length && no < length))
      throw damaged();
    const missingYes = Boolean(default_left[i]);
    return { feature, threshold: value, comparison: "<", missingYes, yes, no };
  });
  return { output, nodes };
}

function parse(bytes: Uint8Array): JsonModel {
  if (bytes[0] !== 0x7b)
    throw new TreesDataError("the model is not one of XGBoost's JSON: give the file that its training wrote");
  let model: Partial<JsonModel>;
  try {
    model = JSON.parse(new TextDecoder().decode(bytes)) as Partial<JsonModel>;
  } catch {
    throw new TreesDataError("the XGBoost model is cut short or damaged: train it again");
  }
  const { version, learner } = model;
  if (
    !Array.isArray(version) ||
    !learner?.objective ||
    !learner.learner_model_param ||
    !learner.gradient_booster
  )
    throw new TreesDataError("the model is not one of XGBoost's JSON: give the file that its training wrote");
  return { version, learner };
}

const damaged = (): TreesDataError =>
  new TreesDataError("the XGBoost model is damaged, its trees do not fit together: train it again");
