import { alteredBuilder } from "../graph/alteredBuilder.ts";
import { evaluateGraph, gradientError, type Operand } from "../graph/centralDifferences.ts";
import { Graph } from "../graph/graph.ts";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import { type Shape, sizeOf } from "../graph/shape.ts";
import type { FloatType, Tensor } from "../graph/tensor.ts";

export type Build = (g: GraphBuilder, ...x: Tensor[]) => Tensor | readonly Tensor[];
export interface LayerCheck {
  /** The layer's parameters, by name, with the values that they have here. */
  parameters: Readonly<Record<string, { shape: Shape; values: readonly number[] }>>;
  /** See `gradientError`; over the inputs and all parameters. */
  gradientError(float?: FloatType): Promise<number>;
  /** The elements of all that the layer gives, one behind the other. */
  evaluate(float?: FloatType): Promise<number[]>;
}

/** Smooth values between -scale and scale. */
export const wave = (length: number, phase: number, scale = 1): number[] =>
  Array.from({ length }, (_, i) => scale * Math.sin(1.9 * i + 0.13 * i * i + phase));

/** A layer with its parameters turned into inputs, so that tests can set them and check their derivatives. */
export function layerCheck(inputs: readonly Required<Operand>[], build: Build): LayerCheck {
  const probe = new Graph({ float: "float64" });
  build(probe, ...inputs.map(({ shape }, i) => probe.input(`x${i}`, shape, "float64")));
  const names = probe.parameters.map((p) => p.name);
  const operands = probe.parameters.map(({ tensor: { shape } }, i) => ({
    shape,
    values: wave(sizeOf(shape), 0.7 * i + 0.3, 0.7),
  }));
  const given =
    (inner: Build): Build =>
    (g, ...x) => {
      const parameters = new Map(names.map((name, i) => [name, x[inputs.length + i]!]));
      const builder = alteredBuilder(g, { parameter: (name) => parameters.get(name)! });
      return inner(builder, ...x.slice(0, inputs.length));
    };
  return {
    parameters: Object.fromEntries(names.map((name, i) => [name, operands[i]!])),
    gradientError: (float = "float64") => gradientError([...inputs, ...operands], given(build), { float }),
    evaluate: (float = "float64") =>
      evaluateGraph(
        [...inputs, ...operands],
        (g, ...x) => {
          const built = given(build)(g, ...x);
          const parts = "shape" in built ? [built] : built;
          const flat = parts.map((p) => g.apply("Reshape", [p], { shape: [sizeOf(p.shape)] })[0]!);
          return g.apply("Concat", flat, { axis: 0 })[0]!;
        },
        float,
      ),
  };
}
