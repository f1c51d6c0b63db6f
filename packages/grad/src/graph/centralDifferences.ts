import { encodeGraph } from "../encode/encodeGraph.ts";
import { openSession, toValue } from "../runtime/session.ts";
import { differentiate } from "./differentiate.ts";
import { Graph } from "./graph.ts";
import type { GraphBuilder } from "./graphBuilder.ts";
import { type Shape, sizeOf } from "./shape.ts";
import type { FloatType, Tensor } from "./tensor.ts";

export interface Operand {
  shape: Shape;
  /** Row-major; smooth values between -1.5 and 1.5 when not said. */
  values?: readonly number[];
}

/**
 * The largest difference between the derivative that `differentiate` builds and central differences
 * (f(x + h) - f(x - h)) / 2h, over all elements of all operands, relative to max(1, |difference quotient|).
 * f is the weighted sum of the elements of what `build` returns, with weights that differ from each other.
 */
export async function gradientError(
  operands: readonly Operand[],
  build: (g: GraphBuilder, ...x: Tensor[]) => Tensor | readonly Tensor[],
  options: { float?: FloatType; h?: number } = {},
): Promise<number> {
  const { float = "float64", h = float === "float64" ? 1e-5 : 1e-2 } = options;
  const graph = new Graph({ float, training: true });
  const inputs = operands.map(({ shape }, i) => graph.input(`x${i}`, shape, float));
  const built = build(graph, ...inputs);
  const loss = weightedSum(graph, "shape" in built ? [built] : built);
  const gradients = differentiate(graph, loss, inputs);
  const outputs: Record<string, Tensor> = { loss };
  gradients.forEach((d, i) => {
    if (d) outputs[`d${i}`] = d;
  });
  const { bytes, inputs: present } = encodeGraph(graph, { outputs });
  const session = await openSession(bytes, {
    threads: 1,
    optimization: float === "float64" ? "basic" : "all",
  });
  const make = (values: ArrayLike<number>) =>
    float === "float64" ? Float64Array.from(values) : Float32Array.from(values);
  const data = operands.map(({ shape, values }, i) =>
    make(values ?? Array.from({ length: sizeOf(shape) }, (_, j) => 1.5 * Math.sin(1.7 * j + 2.3 * i + 0.4))),
  );
  const feeds = Object.fromEntries(
    data
      .map((d, i) => [`x${i}`, toValue(d, operands[i]!.shape)] as const)
      .filter(([name]) => present.includes(name)),
  );
  const run = () => session.run(feeds, Object.fromEntries(Object.keys(outputs).map((name) => [name, null])));
  const analytic = await run();
  let worst = 0;
  for (const [i, array] of data.entries()) {
    const derivative = analytic[`d${i}`]?.data as Float64Array | undefined;
    for (let j = 0; j < array.length; j++) {
      const at = array[j]!;
      array[j] = at + h;
      const above = Number((await run()).loss!.data[0]);
      array[j] = at - h;
      const below = Number((await run()).loss!.data[0]);
      array[j] = at;
      const quotient = (above - below) / (2 * h);
      const error = Math.abs((derivative?.[j] ?? 0) - quotient) / Math.max(1, Math.abs(quotient));
      worst = Math.max(worst, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
    }
  }
  await session.close();
  return worst;
}

function weightedSum(g: Graph, parts: readonly Tensor[]): Tensor {
  const sums = parts.map((y, p) => {
    const weights = Float64Array.from({ length: sizeOf(y.shape) }, (_, i) => Math.cos(0.9 * i + p) + 0.3);
    const weighted = g.apply("Mul", [y, g.constant(weights, y.shape)], {})[0]!;
    const axes = y.shape.map((_, i) => i);
    return axes.length === 0 ? weighted : g.apply("ReduceSum", [weighted], { axes, keepDims: false })[0]!;
  });
  return sums.reduce((a, b) => g.apply("Add", [a, b], {})[0]!);
}

/** The values of a graph without parameters, for given inputs, in float64 unless said. */
export async function evaluateGraph(
  operands: readonly Required<Operand>[],
  build: (g: GraphBuilder, ...x: Tensor[]) => Tensor,
  float: FloatType = "float64",
): Promise<number[]> {
  const graph = new Graph({ float });
  const inputs = operands.map(({ shape }, i) => graph.input(`x${i}`, shape, float));
  const { bytes } = encodeGraph(graph, { outputs: { y: build(graph, ...inputs) } });
  const session = await openSession(bytes, {
    threads: 1,
    optimization: float === "float64" ? "basic" : "all",
  });
  const feeds = Object.fromEntries(
    operands.map(({ shape, values }, i) => [
      `x${i}`,
      toValue(float === "float64" ? Float64Array.from(values) : Float32Array.from(values), shape),
    ]),
  );
  const { y } = await session.run(feeds, { y: null });
  await session.close();
  return Array.from(y!.data as Float64Array, Number);
}
