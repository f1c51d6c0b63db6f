import { GradUsageError } from "../errors.ts";

/**
 * Extents of a tensor. A negative extent -k stands for k·N, where N is the number of rows that is known only when
 * the graph runs; so products of extents need no special case. At most one extent of a shape is negative.
 */
export type Shape = readonly number[];

/** Number of elements; negative when it is a multiple of the unknown number of rows. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, i) => extent === b[i]);
}

export function describeShape(shape: Shape): string {
  return `[${shape.map((e) => (e >= 0 ? e : e === -1 ? "N" : `${-e}N`)).join(", ")}]`;
}

export function checkShape(shape: Shape, what: string): Shape {
  if (shape.some((e) => !Number.isInteger(e)) || shape.filter((e) => e < 0).length > 1)
    throw new GradUsageError(`${what}: the shape ${describeShape(shape)} is not a valid shape`);
  return shape;
}

/** The axis counted from the front. Throws when the tensor has no such axis. */
export function normalizeAxis(axis: number, rank: number): number {
  const fromFront = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || fromFront < 0 || fromFront >= rank)
    throw new GradUsageError(`axis ${axis} does not exist in a tensor of rank ${rank}`);
  return fromFront;
}

export function extentOf(shape: Shape, axis: number): number {
  return shape[normalizeAxis(axis, shape.length)]!;
}

/** Shape of an element-wise result, with NumPy's broadcasting rules. */
export function broadcastShapes(a: Shape, b: Shape, what: string): Shape {
  const rank = Math.max(a.length, b.length);
  const out: number[] = [];
  for (let i = 0; i < rank; i++) {
    const ea = a[i - rank + a.length] ?? 1;
    const eb = b[i - rank + b.length] ?? 1;
    if (ea !== eb && ea !== 1 && eb !== 1)
      throw new GradUsageError(
        `${what}: shapes ${describeShape(a)} and ${describeShape(b)} do not broadcast`,
      );
    out.push(ea === 1 ? eb : ea);
  }
  return out;
}

/** `to` with at most one -1 filled in from the number of elements of `from`. */
export function resolveReshape(from: Shape, to: Shape, inferred: number | undefined): Shape {
  const size = sizeOf(from);
  const out = [...to];
  if (inferred !== undefined) {
    const rest = out.reduce((p, e, i) => (i === inferred ? p : p * e), 1);
    out[inferred] = size / rest;
  }
  if (sizeOf(out) !== size || out.some((e) => !Number.isInteger(e)))
    throw new GradUsageError(
      `reshape: ${describeShape(from)} has not as many elements as ${describeShape(to)}`,
    );
  return out;
}
