import type { GraphBuilder } from "../graph/graphBuilder.ts";
import { extentOf, normalizeAxis, type Shape, sameShape, sizeOf } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { ReduceAttributes } from "./attributes.ts";
import type { Emitter, Op, Ops } from "./op.ts";

type Reduce = "ReduceSum" | "ReduceMean" | "ReduceMax" | "ReduceSumSquare";

function reducedShape(shape: Shape, { axes, keepDims }: ReduceAttributes): Shape {
  return shape.flatMap((extent, i) => (axes.includes(i) ? (keepDims ? [1] : []) : [extent]));
}

function emitReduce(name: Reduce) {
  return (e: Emitter, [x]: readonly string[], { axes, keepDims }: ReduceAttributes) =>
    e.node(name, [x!, e.integers(axes)], {
      attributes: { keepdims: { kind: "int", value: keepDims ? 1 : 0 } },
    });
}

function reduce<K extends Reduce>(name: K, gradient: Op<K>["gradient"]): Op<K> {
  return {
    shape: ([x], attributes) => [{ shape: reducedShape(x!.shape, attributes), dtype: x!.dtype }],
    gradient,
    emit: emitReduce(name),
  };
}

const reducer =
  (name: Reduce) =>
  (g: GraphBuilder, x: Tensor, axes?: number | readonly number[], keepDims = false): Tensor => {
    const list = axes === undefined ? x.shape.map((_, i) => i) : typeof axes === "number" ? [axes] : axes;
    const normalized = list.map((a) => normalizeAxis(a, x.shape.length)).sort((a, b) => a - b);
    if (normalized.length === 0) return x;
    return g.apply(name, [x], { axes: normalized, keepDims })[0]!;
  };

/** Sum over the axes (all of them when none are named). */
export const reduceSum = reducer("ReduceSum");
export const reduceMean = reducer("ReduceMean");
/** Largest along the axes; where several are largest each of them gets the whole derivative's equal share. */
export const reduceMax = reducer("ReduceMax");
/** Sum of squares over the axes. */
export const reduceSumSquare = reducer("ReduceSumSquare");

/** The derivative of a broadcast: sums `x` over the axes along which `shape` was stretched. */
export function sumTo(g: GraphBuilder, x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.shape.length - shape.length;
  const axes = x.shape.flatMap((extent, i) =>
    i < lead || (shape[i - lead] === 1 && extent !== 1) ? [i] : [],
  );
  const summed = axes.length > 0 ? reduceSum(g, x, axes, true) : x;
  return sameShape(summed.shape, shape) ? summed : g.apply("Reshape", [summed], { shape })[0]!;
}

/** A reduced tensor with its lost axes put back as extents of 1, so that it broadcasts against the operand. */
function restored(g: GraphBuilder, dy: Tensor, from: Shape, { axes }: ReduceAttributes): Tensor {
  const kept = from.map((extent, i) => (axes.includes(i) ? 1 : extent));
  return sameShape(kept, dy.shape) ? dy : g.apply("Reshape", [dy], { shape: kept })[0]!;
}

const multiply = (g: GraphBuilder, a: Tensor, b: Tensor) => g.apply("Mul", [a, b], {})[0]!;

export const reduction: Ops<Reduce> = {
  ReduceSum: reduce("ReduceSum", (g, { inputs: [x], attributes }, [dy]) => [
    g.apply("Expand", [restored(g, dy!, x!.shape, attributes)], { shape: x!.shape })[0],
  ]),
  ReduceMean: reduce("ReduceMean", (g, { inputs: [x], attributes }, [dy]) => {
    const back = restored(g, dy!, x!.shape, attributes);
    const count = sizeOf(attributes.axes.map((a) => extentOf(x!.shape, a)));
    // Over the unknown number of rows the count is not a constant: only forward graphs have such a shape.
    if (count < 0) throw new Error("the mean over an unknown number of rows has no gradient: fix the batch");
    return [g.apply("Expand", [multiply(g, back, g.constant(1 / count))], { shape: x!.shape })[0]];
  }),
  ReduceMax: reduce("ReduceMax", (g, { inputs: [x], outputs: [y], attributes }, [dy]) => {
    const peak = restored(g, y!, x!.shape, attributes);
    const mask = g.apply("Cast", [g.apply("Equal", [x!, peak], {})[0]!], { to: g.float })[0]!;
    const ties = g.apply("ReduceSum", [mask], { axes: attributes.axes, keepDims: true })[0]!;
    const share = g.apply("Div", [restored(g, dy!, x!.shape, attributes), ties], {})[0]!;
    return [multiply(g, mask, share)];
  }),
  ReduceSumSquare: reduce("ReduceSumSquare", (g, { inputs: [x], attributes }, [dy]) => [
    multiply(g, multiply(g, x!, g.constant(2)), restored(g, dy!, x!.shape, attributes)),
  ]),
};
