import { GradUsageError } from "../errors.ts";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import { describeShape, normalizeAxis } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { cast } from "./comparison.ts";
import { apply1 } from "./elementwise.ts";
import { reshape, transpose } from "./layout.ts";
import { gemm } from "./matrix.ts";
import { noGradient, type Ops } from "./op.ts";

/** Slices of x along the axis, picked by integer indices: x [.., n, ..], indices [j..]: [.., j.., ..]. */
export const gather = (g: GraphBuilder, x: Tensor, indices: Tensor, axis = 0) =>
  apply1(g, "Gather", [x, indices], { axis: normalizeAxis(axis, x.shape.length) });

/** A last axis of `depth` reals: 1 at the index, 0 elsewhere; an index outside gives zeros. */
export const oneHot = (g: GraphBuilder, indices: Tensor, depth: number) =>
  cast(g, apply1(g, "OneHot", [indices], { depth }), g.float);

/** Index of the largest element along the axis (the first of equals), int64; the axis is dropped. */
export const argMax = (g: GraphBuilder, x: Tensor, axis = -1) =>
  apply1(g, "ArgMax", [x], { axis: normalizeAxis(axis, x.shape.length) });

export const indexing: Ops<"Gather" | "OneHot" | "ArgMax"> = {
  Gather: {
    shape: ([x, indices], { axis }) => {
      if (x!.shape[axis]! < 0)
        throw new GradUsageError(`gather: the axis of unknown length of ${describeShape(x!.shape)}`);
      return [
        {
          shape: [...x!.shape.slice(0, axis), ...indices!.shape, ...x!.shape.slice(axis + 1)],
          dtype: x!.dtype,
        },
      ];
    },
    // The sum over all picks of one slice is a product with their one-hot matrix: deterministic on any thread count.
    gradient: (g, { inputs: [x, indices], attributes: { axis } }, [dy]) => {
      const picks = indices!.shape.length;
      const rank = dy!.shape.length;
      const front = [...Array(picks).keys()].map((i) => axis + i);
      const others = [...Array(rank).keys()].filter((i) => !front.includes(i));
      const count = indices!.shape.reduce((a, b) => a * b, 1);
      const rows = reshape(g, picks === 0 && axis === 0 ? dy! : transpose(g, dy!, [...front, ...others]), [
        count,
        "rest",
      ]);
      const hot = reshape(g, oneHot(g, indices!, x!.shape[axis]!), [count, x!.shape[axis]!]);
      const summed = gemm(g, hot, rows, { transA: true });
      const moved = reshape(g, summed, [x!.shape[axis]!, ...others.map((i) => dy!.shape[i]!)]);
      const perm = [...Array(x!.shape.length).keys()].map((i) => (i === axis ? 0 : i < axis ? i + 1 : i));
      return [axis === 0 ? moved : transpose(g, moved, perm), undefined];
    },
    emit: (e, inputs, { axis }) =>
      e.node("Gather", inputs, { attributes: { axis: { kind: "int", value: axis } } }),
  },
  OneHot: {
    // Built from comparisons: the standard's OneHot reads a negative index from the end, a label must not.
    shape: ([indices], { depth }) => [{ shape: [...indices!.shape, depth], dtype: "bool" }],
    gradient: noGradient,
    emit: (e, [indices], { depth }) => {
      const column = e.node("Unsqueeze", [
        e.node("Cast", [indices!], { attributes: { to: { kind: "int", value: 7 } } })[0]!,
        e.integers([-1]),
      ]);
      return e.node("Equal", [column[0]!, e.integers([...Array(depth).keys()])]);
    },
  },
  ArgMax: {
    shape: ([x], { axis }) => [{ shape: x!.shape.filter((_, i) => i !== axis), dtype: "int64" }],
    gradient: noGradient,
    emit: (e, inputs, { axis }) =>
      e.node("ArgMax", inputs, {
        attributes: { axis: { kind: "int", value: axis }, keepdims: { kind: "int", value: 0 } },
      }),
  },
};
