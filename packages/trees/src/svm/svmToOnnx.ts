import { classOutputs, type MlAttribute, type MlGraph, tableInput, VALUE_OUTPUT } from "../onnx/mlGraph.ts";
import type { SvmModel } from "./svmModel.ts";

/** A support vector machine as SVMClassifier with probabilities, or SVMRegressor, of ONNX-ML 1. The operator adds rho where libsvm takes it off. */
export function svmToOnnx(model: SvmModel): MlGraph {
  const floats = (values: Iterable<number>): MlAttribute => ({ kind: "floats", value: [...values] });
  const common: Record<string, MlAttribute> = {
    kernel_type: { kind: "string", value: "RBF" },
    kernel_params: floats([model.gamma, 0, 3]),
    coefficients: floats(model.coefficients),
    support_vectors: floats(model.vectors),
    rho: floats(model.rho.map((r) => -r)),
    post_transform: { kind: "string", value: "NONE" },
  };
  if (model.type === "epsilon_svr")
    return {
      inputs: [tableInput(model.features)],
      outputs: [VALUE_OUTPUT],
      nodes: [
        {
          type: "SVMRegressor",
          domain: "ai.onnx.ml",
          inputs: ["x"],
          outputs: ["value"],
          attributes: { ...common, n_supports: { kind: "int", value: model.perClass[0]! } },
        },
      ],
    };
  return {
    inputs: [tableInput(model.features)],
    outputs: classOutputs(model.labels.length),
    nodes: [
      {
        type: "SVMClassifier",
        domain: "ai.onnx.ml",
        inputs: ["x"],
        outputs: ["label", "probabilities"],
        attributes: {
          ...common,
          classlabels_ints: { kind: "ints", value: model.labels },
          vectors_per_class: { kind: "ints", value: model.perClass },
          prob_a: floats(model.probA),
          prob_b: floats(model.probB),
        },
      },
    ],
  };
}
