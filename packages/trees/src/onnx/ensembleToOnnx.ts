import { classOutputs, type MlAttribute, type MlGraph, tableInput, VALUE_OUTPUT } from "./mlGraph.ts";
import type { EnsembleTree, TreeEnsemble } from "./treeEnsemble.ts";

/**
 * Trees as TreeEnsembleClassifier or TreeEnsembleRegressor of ONNX-ML 3.
 *
 * Two classes are written as softmax([0, s]) = [1 - σ(s), σ(s)]: the operator applies its LOGISTIC to one score only
 * when some leaf is negative.
 */
export function ensembleToOnnx(ensemble: TreeEnsemble): MlGraph {
  const { features, link } = ensemble;
  if (link === "identity")
    return {
      inputs: [tableInput(features)],
      outputs: [VALUE_OUTPUT],
      nodes: [
        {
          type: "TreeEnsembleRegressor",
          domain: "ai.onnx.ml",
          inputs: ["x"],
          outputs: ["value"],
          attributes: {
            n_targets: { kind: "int", value: 1 },
            aggregate_function: { kind: "string", value: "SUM" },
            base_values: { kind: "floats", value: [ensemble.base[0]!] },
            post_transform: { kind: "string", value: "NONE" },
            ...treeAttributes(ensemble.trees, "target", [0]),
          },
        },
      ],
    };
  if (link === "shares") return sharesToOnnx(ensemble);
  const trees = withBase(ensemble);
  const classes = link === "logistic" ? 2 : ensemble.base.length;
  return {
    inputs: [tableInput(features)],
    outputs: classOutputs(classes),
    nodes: [
      {
        type: "TreeEnsembleClassifier",
        domain: "ai.onnx.ml",
        inputs: ["x"],
        outputs: ["label", "probabilities"],
        attributes: {
          classlabels_int64s: { kind: "ints", value: Array.from({ length: classes }, (_, k) => k) },
          post_transform: { kind: "string", value: "SOFTMAX" },
          ...treeAttributes(trees, "class", link === "logistic" ? [1] : ensemble.base.map((_, k) => k)),
        },
      },
    ],
  };
}

/** Scores that are shares already: cut off below 0, where rounding may have put them, and divided by their sum. */
function sharesToOnnx({ features, base, trees }: TreeEnsemble): MlGraph {
  const node = (
    type: string,
    inputs: string[],
    output: string,
    attributes: Record<string, MlAttribute> = {},
  ) => ({ type, domain: "", inputs, outputs: [output], attributes }) as const;
  return {
    inputs: [tableInput(features)],
    outputs: classOutputs(base.length),
    constants: [
      // every class a little: rows that no class's trees claim are told alike for all
      { name: "shares.least", dtype: "float32", dims: [], values: [1e-9] },
      { name: "shares.axis", dtype: "int64", dims: [1], values: [1] },
    ],
    nodes: [
      {
        type: "TreeEnsembleRegressor",
        domain: "ai.onnx.ml",
        inputs: ["x"],
        outputs: ["shares"],
        attributes: {
          n_targets: { kind: "int", value: base.length },
          aggregate_function: { kind: "string", value: "SUM" },
          post_transform: { kind: "string", value: "NONE" },
          ...treeAttributes(
            trees,
            "target",
            base.map((_, k) => k),
          ),
        },
      },
      node("Max", ["shares", "shares.least"], "claimed"),
      node("ReduceSum", ["claimed", "shares.axis"], "claims"),
      node("Div", ["claimed", "claims"], "probabilities"),
      node("ArgMax", ["probabilities"], "label", {
        axis: { kind: "int", value: 1 },
        keepdims: { kind: "int", value: 0 },
      }),
    ],
  };
}

/** The starts of the scores are added to the leaves of each score's first tree; softmax does not see a start common to all. */
function withBase({ trees, base, link }: TreeEnsemble): readonly EnsembleTree[] {
  if (link === "softmax" && base.every((b) => b === base[0])) return trees;
  const waiting = new Map(base.map((b, k) => [k, b]));
  const moved = trees.map((tree) => {
    const start = waiting.get(tree.output) ?? 0;
    waiting.delete(tree.output);
    return start === 0
      ? tree
      : { ...tree, nodes: tree.nodes.map((n) => ("leaf" in n ? { leaf: n.leaf + start } : n)) };
  });
  for (const [output, leaf] of waiting) if (leaf !== 0) moved.push({ output, nodes: [{ leaf }] });
  return moved;
}

function treeAttributes(
  trees: readonly EnsembleTree[],
  kind: "class" | "target",
  places: readonly number[],
): Record<string, MlAttribute> {
  const treeIds: number[] = [];
  const nodeIds: number[] = [];
  const modes: string[] = [];
  const featureIds: number[] = [];
  const values: number[] = [];
  const yes: number[] = [];
  const no: number[] = [];
  const missingYes: number[] = [];
  const leafTrees: number[] = [];
  const leafNodes: number[] = [];
  const leafPlaces: number[] = [];
  const leaves: number[] = [];
  const leaf = (tree: number, node: number, place: number, value: number): void => {
    leafTrees.push(tree);
    leafNodes.push(node);
    leafPlaces.push(place);
    leaves.push(value);
  };
  for (const [t, tree] of trees.entries())
    for (const [n, node] of tree.nodes.entries()) {
      const isLeaf = "leaf" in node;
      treeIds.push(t);
      nodeIds.push(n);
      modes.push(isLeaf ? "LEAF" : node.comparison === "<" ? "BRANCH_LT" : "BRANCH_LEQ");
      featureIds.push(isLeaf ? 0 : node.feature);
      values.push(isLeaf ? 0 : node.threshold);
      yes.push(isLeaf ? 0 : node.yes);
      no.push(isLeaf ? 0 : node.no);
      missingYes.push(!isLeaf && node.missingYes ? 1 : 0);
      if (isLeaf) leaf(t, n, places[tree.output]!, node.leaf);
      // two classes: the first one's score is 0, said once so that the operator counts it
      if (isLeaf && kind === "class" && places.length === 1) leaf(t, n, 0, 0);
    }
  return {
    nodes_treeids: { kind: "ints", value: treeIds },
    nodes_nodeids: { kind: "ints", value: nodeIds },
    nodes_modes: { kind: "strings", value: modes },
    nodes_featureids: { kind: "ints", value: featureIds },
    nodes_values: { kind: "floats", value: values },
    nodes_truenodeids: { kind: "ints", value: yes },
    nodes_falsenodeids: { kind: "ints", value: no },
    nodes_missing_value_tracks_true: { kind: "ints", value: missingYes },
    [`${kind}_treeids`]: { kind: "ints", value: leafTrees },
    [`${kind}_nodeids`]: { kind: "ints", value: leafNodes },
    [`${kind}_ids`]: { kind: "ints", value: leafPlaces },
    [`${kind}_weights`]: { kind: "floats", value: leaves },
  };
}
