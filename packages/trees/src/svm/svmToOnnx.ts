import {
  classOutputs,
  type MlAttribute,
  type MlConstant,
  type MlGraph,
  type MlNode,
  tableInput,
  VALUE_OUTPUT,
} from "../onnx/mlGraph.ts";
import type { SvmModel } from "./svmModel.ts";

/**
 * A support vector machine in ONNX. Three classes and more are an SVMClassifier with probabilities, which adds rho where
 * libsvm takes it off and sums in 32 bits: the difference grows with Σ|coefficient|, some 1e-7 of it.
 *
 * Values and two classes are the decision f in 64 bits by plain operators, and P(first) = 1 / (1 + exp(A f + B)) as libsvm
 * has it: SVMClassifier would couple the one pair by an iteration that ends 0.0025 from it.
 */
export function svmToOnnx(model: SvmModel): MlGraph {
  if (model.type === "epsilon_svr") {
    const { nodes, constants } = decision(model);
    return {
      inputs: [tableInput(model.features)],
      outputs: [VALUE_OUTPUT],
      constants,
      nodes: [...nodes, node("Cast", ["decision"], "value", { to: { kind: "int", value: FLOAT32 } })],
    };
  }
  return model.labels.length === 2 ? pairToOnnx(model) : classifierToOnnx(model);
}

/** Data types of onnx.proto3. */
const FLOAT32 = 1;
const FLOAT64 = 11;

const node = (
  type: string,
  inputs: readonly string[],
  output: string,
  attributes: MlNode["attributes"] = {},
): MlNode => ({ type, domain: "", inputs, outputs: [output], attributes });

/** f(x) = Σ c_v exp(2 γ x·z_v - γ |z_v|² - γ |x|²) - rho, [batch, 1]. */
function decision({ features, vectors, coefficients, gamma, rho }: SvmModel): {
  nodes: MlNode[];
  constants: MlConstant[];
} {
  const count = coefficients.length;
  const turned = new Float64Array(features * count);
  const squares = new Float64Array(count);
  for (let v = 0; v < count; v++)
    for (let f = 0; f < features; f++) {
      const z = vectors[v * features + f]!;
      turned[f * count + v] = 2 * gamma * z;
      squares[v]! -= gamma * z * z;
    }
  const constant = (name: string, dims: number[], values: Iterable<number>): MlConstant => ({
    name: `svm.${name}`,
    dtype: "float64",
    dims,
    values: [...values],
  });
  return {
    constants: [
      constant("vectors", [features, count], turned),
      constant("squares", [1, count], squares),
      constant("perSquare", [], [-gamma]),
      constant("coefficients", [count, 1], coefficients),
      constant("start", [], [-rho[0]!]),
      { name: "svm.axis", dtype: "int64", dims: [1], values: [1] },
    ],
    nodes: [
      node("Cast", ["x"], "wide", { to: { kind: "int", value: FLOAT64 } }),
      node("Mul", ["wide", "wide"], "wideSquares"),
      node("ReduceSum", ["wideSquares", "svm.axis"], "length"),
      node("Mul", ["length", "svm.perSquare"], "own"),
      node("MatMul", ["wide", "svm.vectors"], "products"),
      node("Add", ["products", "svm.squares"], "shifted"),
      node("Add", ["shifted", "own"], "exponents"),
      node("Exp", ["exponents"], "kernel"),
      node("MatMul", ["kernel", "svm.coefficients"], "sums"),
      node("Add", ["sums", "svm.start"], "decision"),
    ],
  };
}

/** softmax([0, A f + B]) is the pair. */
function pairToOnnx(model: SvmModel): MlGraph {
  const { nodes, constants } = decision(model);
  return {
    inputs: [tableInput(model.features)],
    outputs: classOutputs(2),
    constants: [
      ...constants,
      { name: "pair.slopes", dtype: "float64", dims: [1, 2], values: [0, model.probA[0]!] },
      { name: "pair.starts", dtype: "float64", dims: [1, 2], values: [0, model.probB[0]!] },
    ],
    nodes: [
      ...nodes,
      node("Mul", ["decision", "pair.slopes"], "sloped"),
      node("Add", ["sloped", "pair.starts"], "wideOdds"),
      node("Cast", ["wideOdds"], "odds", { to: { kind: "int", value: FLOAT32 } }),
      node("Softmax", ["odds"], "probabilities", { axis: { kind: "int", value: 1 } }),
      node("ArgMax", ["probabilities"], "label", {
        axis: { kind: "int", value: 1 },
        keepdims: { kind: "int", value: 0 },
      }),
    ],
  };
}

function classifierToOnnx(model: SvmModel): MlGraph {
  const floats = (values: Iterable<number>): MlAttribute => ({ kind: "floats", value: [...values] });
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
          kernel_type: { kind: "string", value: "RBF" },
          kernel_params: floats([model.gamma, 0, 3]),
          coefficients: floats(model.coefficients),
          support_vectors: floats(model.vectors),
          rho: floats(model.rho.map((r) => -r)),
          post_transform: { kind: "string", value: "NONE" },
          classlabels_ints: { kind: "ints", value: Array.from(model.labels, (_, k) => k) },
          vectors_per_class: { kind: "ints", value: model.perClass },
          prob_a: floats(model.probA),
          prob_b: floats(model.probB),
        },
      },
    ],
  };
}
