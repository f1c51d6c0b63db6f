import { GradUsageError } from "../errors.ts";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import { describeShape, normalizeAxis, type Shape, sameShape } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { apply1, exp, mul, sub } from "./elementwise.ts";
import type { Emitter, Ops } from "./op.ts";
import { reduceMean, reduceSum, sumTo } from "./reduction.ts";

/** exp(x) / Σ exp(x) along the axis. */
export const softmax = (g: GraphBuilder, x: Tensor, axis = -1) =>
  apply1(g, "Softmax", [x], { axis: normalizeAxis(axis, x.shape.length) });

/** x - log Σ exp(x) along the axis. */
export const logSoftmax = (g: GraphBuilder, x: Tensor, axis = -1) =>
  apply1(g, "LogSoftmax", [x], { axis: normalizeAxis(axis, x.shape.length) });

/** (x - mean) / √(variance + ε) · gain + bias over the last axis (Ba, Kiros & Hinton 2016). gain, bias [D]. */
export const layerNormalization = (g: GraphBuilder, x: Tensor, gain: Tensor, bias: Tensor, epsilon = 1e-5) =>
  apply1(g, "LayerNormalization", [x, gain, bias], { epsilon });

/**
 * (x - mean) / √(variance + ε) over the last axis, without gain and bias. `centred` promises that the derivative
 * that comes back sums to zero over the last axis, as it does when every consumer is a product with a matrix whose
 * columns sum to zero; the step that would take its mean away is then left out.
 */
export const normalize = (
  g: GraphBuilder,
  x: Tensor,
  options: { epsilon?: number; centred?: boolean } = {},
) => apply1(g, "Normalize", [x], { epsilon: options.epsilon ?? 1e-5, centred: options.centred ?? false });

/** Node names of (y, mean, 1/σ) of x̂·gain + bias. */
function emitNorm(
  e: Emitter,
  [x, gain, bias]: readonly string[],
  epsilon: number,
  used: readonly boolean[],
): readonly string[] {
  if (e.float === "float32")
    return e.node("LayerNormalization", bias === undefined ? [x!, gain!] : [x!, gain!, bias], {
      attributes: { epsilon: { kind: "float", value: epsilon }, axis: { kind: "int", value: -1 } },
      outputs: used[1] || used[2] ? 3 : 1,
    });
  // The kernel's mean and 1/σ are float32 even of float64 rows: gradient checks in float64 take the plain nodes.
  const one = (type: string, ...inputs: string[]) => e.node(type, inputs)[0]!;
  const mean = one("ReduceMean", x!, e.integers([-1]));
  const centred = one("Sub", x!, mean);
  const variance = one("ReduceMean", one("Mul", centred, centred), e.integers([-1]));
  const invStd = one("Reciprocal", one("Sqrt", one("Add", variance, e.scalar(epsilon, e.float))));
  const scaled = one("Mul", one("Mul", centred, invStd), gain!);
  return [bias === undefined ? scaled : one("Add", scaled, bias), mean, invStd];
}

const statistics = (shape: Shape): Shape => [...shape.slice(0, -1), 1];

/** d/dx of x̂ = (x - μ)/σ: (h - mean(h) - x̂·mean(h·x̂)) / σ, h the derivative by x̂. */
function normalizeGradient(
  g: GraphBuilder,
  h: Tensor,
  hat: Tensor,
  invStd: Tensor,
  centred: boolean,
): Tensor {
  const along = mul(g, hat, reduceMean(g, mul(g, h, hat), -1, true));
  const across = centred ? h : sub(g, h, reduceMean(g, h, -1, true));
  return mul(g, sub(g, across, along), invStd);
}

export const normalization: Ops<"Softmax" | "LogSoftmax" | "LayerNormalization" | "Normalize"> = {
  Softmax: {
    shape: ([x]) => [{ shape: x!.shape, dtype: x!.dtype }],
    gradient: (g, { outputs: [y], attributes: { axis } }, [dy]) => [
      mul(g, y!, sub(g, dy!, reduceSum(g, mul(g, dy!, y!), axis, true))),
    ],
    emit: (e, inputs, { axis }) =>
      e.node("Softmax", inputs, { attributes: { axis: { kind: "int", value: axis } } }),
  },
  LogSoftmax: {
    shape: ([x]) => [{ shape: x!.shape, dtype: x!.dtype }],
    gradient: (g, { outputs: [y], attributes: { axis } }, [dy]) => [
      sub(g, dy!, mul(g, exp(g, y!), reduceSum(g, dy!, axis, true))),
    ],
    emit: (e, inputs, { axis }) =>
      e.node("LogSoftmax", inputs, { attributes: { axis: { kind: "int", value: axis } } }),
  },
  LayerNormalization: {
    shape: ([x, gain, bias]) => {
      const width = [x!.shape.at(-1)!];
      if (!sameShape(gain!.shape, width) || !sameShape(bias!.shape, width))
        throw new GradUsageError(
          `layerNormalization: gain and bias of ${describeShape(x!.shape)} are [${width}]`,
        );
      const side = { shape: statistics(x!.shape), dtype: x!.dtype };
      return [{ shape: x!.shape, dtype: x!.dtype }, side, side];
    },
    gradient: (g, { inputs: [x, gain, bias], outputs: [, mean, invStd], wanted }, [dy]) => {
      const hat = mul(g, sub(g, x!, mean!), invStd!);
      return [
        wanted[0] ? normalizeGradient(g, mul(g, dy!, gain!), hat, invStd!, false) : undefined,
        wanted[1] ? sumTo(g, mul(g, dy!, hat), gain!.shape) : undefined,
        wanted[2] ? sumTo(g, dy!, bias!.shape) : undefined,
      ];
    },
    emit: (e, inputs, { epsilon }, { used }) => emitNorm(e, inputs, epsilon, used),
  },
  Normalize: {
    shape: ([x]) => [
      { shape: x!.shape, dtype: x!.dtype },
      { shape: statistics(x!.shape), dtype: x!.dtype },
      { shape: statistics(x!.shape), dtype: x!.dtype },
    ],
    gradient: (g, { outputs: [hat, , invStd], attributes: { centred } }, [dy]) => [
      normalizeGradient(g, dy!, hat!, invStd!, centred),
    ],
    emit: (e, [x], { epsilon }, { inputs, used }) =>
      emitNorm(e, [x!, e.ones(inputs[0]!.shape.at(-1)!)], epsilon, used),
  },
};
