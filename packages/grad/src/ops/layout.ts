import { GradUsageError } from "../errors.ts";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import {
  broadcastShapes,
  describeShape,
  extentOf,
  normalizeAxis,
  resolveReshape,
  type Shape,
  sameShape,
} from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { apply1 } from "./elementwise.ts";
import type { Ops } from "./op.ts";
import { sumTo } from "./reduction.ts";

/** The same elements in another shape. An extent of "rest" is what is left. */
export function reshape(g: GraphBuilder, x: Tensor, shape: readonly (number | "rest")[]): Tensor {
  const inferred = shape.indexOf("rest");
  const extents = shape.map((e) => (e === "rest" ? 1 : e));
  const resolved = resolveReshape(x.shape, extents, inferred >= 0 ? inferred : undefined);
  return sameShape(resolved, x.shape) ? x : apply1(g, "Reshape", [x], { shape: resolved });
}

/** Axis i of the result is axis perm[i] of x. */
export const transpose = (g: GraphBuilder, x: Tensor, perm: readonly number[]) =>
  apply1(g, "Transpose", [x], { perm: perm.map((a) => normalizeAxis(a, x.shape.length)) });

/** Elements start, start + step, … before end along the axis; negative bounds count from the end. */
export function slice(
  g: GraphBuilder,
  x: Tensor,
  axis: number,
  start: number,
  end?: number,
  step = 1,
): Tensor {
  const at = normalizeAxis(axis, x.shape.length);
  const extent = x.shape[at]!;
  if (extent < 0) throw new GradUsageError("slice: the axis of unknown length cannot be sliced");
  const from = start < 0 ? start + extent : start;
  const to = end === undefined ? extent : end < 0 ? end + extent : end;
  if (from < 0 || to > extent || from >= to || step < 1)
    throw new GradUsageError(`slice: ${start}:${end}:${step} does not fit an axis of ${extent}`);
  return apply1(g, "Slice", [x], { axis: at, start: from, end: to, step });
}

/** Zeros before and after along one axis. */
export const pad = (g: GraphBuilder, x: Tensor, axis: number, before: number, after: number) =>
  apply1(g, "Pad", [x], { axis: normalizeAxis(axis, x.shape.length), before, after });

export const concat = (g: GraphBuilder, parts: readonly Tensor[], axis: number) =>
  parts.length === 1
    ? parts[0]!
    : apply1(g, "Concat", parts, { axis: normalizeAxis(axis, parts[0]!.shape.length) });

/** Pieces of the given sizes along the axis; a lone number makes that many equal ones. */
export function split(
  g: GraphBuilder,
  x: Tensor,
  axis: number,
  sizes: number | readonly number[],
): readonly Tensor[] {
  const at = normalizeAxis(axis, x.shape.length);
  const list = typeof sizes === "number" ? Array<number>(sizes).fill(x.shape[at]! / sizes) : sizes;
  return g.apply("Split", [x], { axis: at, sizes: list });
}

/** x stretched to the shape by broadcasting. */
export const expand = (g: GraphBuilder, x: Tensor, shape: Shape) =>
  sameShape(x.shape, shape) ? x : apply1(g, "Expand", [x], { shape });

const withExtent = (shape: Shape, axis: number, extent: number): Shape => shape.with(axis, extent);

export const layout: Ops<"Reshape" | "Transpose" | "Slice" | "Pad" | "Concat" | "Split" | "Expand"> = {
  Reshape: {
    shape: ([x], { shape }) => [{ shape: resolveReshape(x!.shape, shape, undefined), dtype: x!.dtype }],
    gradient: (g, { inputs: [x] }, [dy]) => [reshape(g, dy!, x!.shape)],
    emit: (e, [x], { shape }) => e.node("Reshape", [x!, e.integers(shape.map((s) => (s < 0 ? -1 : s)))]),
  },
  Transpose: {
    shape: ([x], { perm }) => {
      if ([...perm].sort((a, b) => a - b).some((a, i) => a !== i) || perm.length !== x!.shape.length)
        throw new GradUsageError(
          `transpose: (${perm}) is no order of the axes of ${describeShape(x!.shape)}`,
        );
      return [{ shape: perm.map((a) => x!.shape[a]!), dtype: x!.dtype }];
    },
    gradient: (g, { attributes: { perm } }, [dy]) => [
      transpose(
        g,
        dy!,
        perm.map((_, i) => perm.indexOf(i)),
      ),
    ],
    emit: (e, inputs, { perm }) =>
      e.node("Transpose", inputs, { attributes: { perm: { kind: "ints", value: perm } } }),
  },
  Slice: {
    shape: ([x], { axis, start, end, step }) => [
      { shape: withExtent(x!.shape, axis, Math.ceil((end - start) / step)), dtype: x!.dtype },
    ],
    gradient: (g, { inputs: [x], attributes: { axis, start, end, step } }, [dy]) => {
      const extent = x!.shape[axis]!;
      if (step === 1) return [pad(g, dy!, axis, start, extent - end)];
      // Puts step - 1 zeros after each element, then cuts and pads to the old extent.
      const count = dy!.shape[axis]!;
      const lead = dy!.shape.slice(0, axis);
      const tail = dy!.shape.slice(axis + 1);
      const spread = reshape(
        g,
        pad(g, reshape(g, dy!, [...lead, count, 1, ...tail]), axis + 1, 0, step - 1),
        [...lead, count * step, ...tail],
      );
      const kept = Math.min(count * step, extent - start);
      const cut = kept < count * step ? slice(g, spread, axis, 0, kept) : spread;
      return [pad(g, cut, axis, start, extent - start - kept)];
    },
    emit: (e, [x], { axis, start, end, step }) =>
      e.node("Slice", [x!, e.integers([start]), e.integers([end]), e.integers([axis]), e.integers([step])]),
  },
  Pad: {
    shape: ([x], { axis, before, after }) => [
      { shape: withExtent(x!.shape, axis, before + extentOf(x!.shape, axis) + after), dtype: x!.dtype },
    ],
    gradient: (g, { inputs: [x], attributes: { axis, before } }, [dy]) => [
      slice(g, dy!, axis, before, before + x!.shape[axis]!),
    ],
    emit: (e, [x], { axis, before, after }, { inputs }) => {
      const { shape, dtype } = inputs[0]!;
      const amounts = Array<number>(shape.length * 2).fill(0);
      amounts[axis] = before;
      amounts[axis + shape.length] = after;
      return e.node("Pad", [x!, e.integers(amounts), e.scalar(0, dtype)]);
    },
  },
  Concat: {
    shape: (inputs, { axis }) => {
      const first = inputs[0]!.shape;
      for (const { shape } of inputs)
        if (shape.length !== first.length || !shape.every((s, i) => i === axis || s === first[i]))
          throw new GradUsageError(
            `concat: ${describeShape(first)} and ${describeShape(shape)} differ off axis ${axis}`,
          );
      const extents = inputs.map(({ shape }) => shape[axis]!);
      if (extents.some((s) => s < 0))
        throw new GradUsageError("concat: the axis of unknown length cannot be joined");
      return [
        {
          shape: withExtent(
            first,
            axis,
            extents.reduce((a, b) => a + b, 0),
          ),
          dtype: inputs[0]!.dtype,
        },
      ];
    },
    gradient: (g, { inputs, attributes: { axis } }, [dy]) =>
      split(
        g,
        dy!,
        axis,
        inputs.map((x) => x.shape[axis]!),
      ),
    emit: (e, inputs, { axis }) =>
      e.node("Concat", inputs, { attributes: { axis: { kind: "int", value: axis } } }),
  },
  Split: {
    shape: ([x], { axis, sizes }) => {
      if (
        sizes.some((s) => !Number.isInteger(s) || s < 1) ||
        sizes.reduce((a, b) => a + b, 0) !== x!.shape[axis]
      )
        throw new GradUsageError(
          `split: [${sizes}] does not add up to axis ${axis} of ${describeShape(x!.shape)}`,
        );
      return sizes.map((s) => ({ shape: withExtent(x!.shape, axis, s), dtype: x!.dtype }));
    },
    gradient: (g, { outputs, attributes: { axis } }, dy) => [
      concat(
        g,
        dy.map((d, i) => d ?? expand(g, g.constant(0), outputs[i]!.shape)),
        axis,
      ),
    ],
    emit: (e, [x], { axis, sizes }) =>
      e.node("Split", [x!, e.integers(sizes)], {
        attributes: { axis: { kind: "int", value: axis } },
        outputs: sizes.length,
      }),
  },
  Expand: {
    shape: ([x], { shape }) => {
      if (!sameShape(broadcastShapes(x!.shape, shape, "expand"), shape))
        throw new GradUsageError(
          `expand: ${describeShape(x!.shape)} does not stretch to ${describeShape(shape)}`,
        );
      if (!shape.every((s, i) => s >= 0 || x!.shape[i - shape.length + x!.shape.length] === s))
        throw new GradUsageError("expand: to an unknown number of rows is not possible; multiply instead");
      return [{ shape, dtype: x!.dtype }];
    },
    gradient: (g, { inputs: [x] }, [dy]) => [sumTo(g, dy!, x!.shape)],
    emit: (e, [x], { shape }) => e.node("Expand", [x!, e.integers(shape.map((s) => (s < 0 ? 1 : s)))]),
  },
};
