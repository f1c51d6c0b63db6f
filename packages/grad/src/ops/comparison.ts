import type { GraphBuilder } from "../graph/graphBuilder.ts";
import { broadcastShapes } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { OpAttributes } from "./attributes.ts";
import { apply1, mul, type Operand, sub, toTensor } from "./elementwise.ts";
import { noGradient, type Op, type Ops } from "./op.ts";
import { sumTo } from "./reduction.ts";

type Compare = "Equal" | "Greater" | "Less" | "And";

export const equal = (g: GraphBuilder, a: Operand, b: Operand) =>
  apply1(g, "Equal", [toTensor(g, a), toTensor(g, b)], {});
export const greater = (g: GraphBuilder, a: Operand, b: Operand) =>
  apply1(g, "Greater", [toTensor(g, a), toTensor(g, b)], {});
export const less = (g: GraphBuilder, a: Operand, b: Operand) =>
  apply1(g, "Less", [toTensor(g, a), toTensor(g, b)], {});
export const and = (g: GraphBuilder, a: Tensor, b: Tensor) => apply1(g, "And", [a, b], {});
export const not = (g: GraphBuilder, x: Tensor) => apply1(g, "Not", [x], {});
/** `a` where the condition (bool) holds, else `b`. */
export const where = (g: GraphBuilder, condition: Tensor, a: Operand, b: Operand) =>
  apply1(g, "Where", [condition, toTensor(g, a), toTensor(g, b)], {});
/** Number type conversion; a conversion to integers or booleans has no derivative. */
export const cast = (g: GraphBuilder, x: Tensor, to: OpAttributes["Cast"]["to"]) =>
  x.dtype === to ? x : apply1(g, "Cast", [x], { to });

function compare<K extends Compare>(name: K): Op<K> {
  return {
    shape: ([a, b]) => [{ shape: broadcastShapes(a!.shape, b!.shape, name), dtype: "bool" }],
    gradient: noGradient,
    emit: (e, inputs) => e.node(name, inputs),
  };
}

export const comparison: Ops<Compare | "Not" | "Where"> = {
  Equal: compare("Equal"),
  Greater: compare("Greater"),
  Less: compare("Less"),
  And: compare("And"),
  Not: {
    shape: ([x]) => [{ shape: x!.shape, dtype: "bool" }],
    gradient: noGradient,
    emit: (e, inputs) => e.node("Not", inputs),
  },
  Where: {
    shape: ([c, a, b]) => [
      {
        shape: broadcastShapes(c!.shape, broadcastShapes(a!.shape, b!.shape, "Where"), "Where"),
        dtype: a!.dtype,
      },
    ],
    gradient: (g, { inputs: [c, a, b], wanted }, [dy]) => {
      const mask = cast(g, c!, g.float);
      return [
        undefined,
        wanted[1] ? sumTo(g, mul(g, dy!, mask), a!.shape) : undefined,
        wanted[2] ? sumTo(g, mul(g, dy!, sub(g, 1, mask)), b!.shape) : undefined,
      ];
    },
    emit: (e, inputs) => e.node("Where", inputs),
  },
};
