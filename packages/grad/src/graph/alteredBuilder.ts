import type { GraphBuilder } from "./graphBuilder.ts";

/** The same builder, but for calls that `changes` answers instead; they may go on to `g` themselves. */
export function alteredBuilder(
  g: GraphBuilder,
  changes: Partial<Pick<GraphBuilder, "parameter" | "extra">>,
): GraphBuilder {
  return {
    training: g.training,
    float: g.float,
    fused: g.fused,
    apply: (op, inputs, attributes) => g.apply(op, inputs, attributes),
    parameter: (name, shape, options) => g.parameter(name, shape, options),
    constant: (values, shape) => g.constant(values, shape),
    dropoutMask: (shape, rate) => g.dropoutMask(shape, rate),
    extra: (name, value) => g.extra(name, value),
    custom: (inputs, forward, gradient) => g.custom(inputs, forward, gradient),
    ...changes,
  };
}
