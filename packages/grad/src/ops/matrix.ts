import { GradUsageError } from "../errors.ts";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import { broadcastShapes, describeShape, type Shape, sameShape } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { FusedMatMulAttributes } from "./attributes.ts";
import { apply1 } from "./elementwise.ts";
import type { Emitter, Ops } from "./op.ts";
import { reduceSum, sumTo } from "./reduction.ts";

/** a·b over the last two axes; leading axes are a batch and broadcast. a [..., m, k], b [..., k, n]: [..., m, n]. */
export const matmul = (g: GraphBuilder, a: Tensor, b: Tensor) => apply1(g, "MatMul", [a, b], {});

/** alpha·op(a)·op(b) (+ bias) of two matrices, op = transpose where said. bias [n], or [m, 1] for each row its own. */
export function gemm(
  g: GraphBuilder,
  a: Tensor,
  b: Tensor,
  options: { bias?: Tensor; transA?: boolean; transB?: boolean; alpha?: number } = {},
): Tensor {
  const inputs = options.bias ? [a, b, options.bias] : [a, b];
  const { transA = false, transB = false, alpha = 1 } = options;
  return apply1(g, "Gemm", inputs, { transA, transB, alpha });
}

/** Batched alpha·op(a)·op(b) where a transpose costs no copy. Equal batch extents, rank >= 3, no broadcasting. */
export function fusedMatMul(
  g: GraphBuilder,
  a: Tensor,
  b: Tensor,
  options: Partial<FusedMatMulAttributes> = {},
) {
  const { transA = false, transB = false, transBatchA = false, transBatchB = false, alpha = 1 } = options;
  return apply1(g, "FusedMatMul", [a, b], { transA, transB, transBatchA, transBatchB, alpha });
}

/** [rows, ...batch, columns] to [...batch, rows, columns]. */
function batchFirst(shape: Shape): Shape {
  return [...shape.slice(1, -1), shape[0]!, shape.at(-1)!];
}

function fail(what: string, a: Tensor, b: Tensor): never {
  throw new GradUsageError(
    `${what}: ${describeShape(a.shape)} and ${describeShape(b.shape)} do not multiply`,
  );
}

/** [N, O] to [O]: as a product with a row of ones, which is twice as fast as the reduction. */
function sumOfRows(g: GraphBuilder, x: Tensor): Tensor {
  const rows = x.shape[0]!;
  if (rows < 0) return reduceSum(g, x, 0);
  const ones = g.constant(new Float64Array(rows).fill(1), [1, rows]);
  return apply1(g, "Reshape", [gemm(g, ones, x)], { shape: [x.shape[1]!] });
}

const biasGradient = (g: GraphBuilder, dy: Tensor, shape: Shape): Tensor =>
  shape.length === 1 ? sumOfRows(g, dy) : sumTo(g, dy, shape);

/**
 * aᵀ·dy over many rows. A small result is shared badly by two threads, for each has to pack all of dy for half of the
 * result's rows; as two products over half of the rows each it takes a tenth less time.
 */
function weightGradient(
  g: GraphBuilder,
  a: Tensor,
  dy: Tensor,
  options: { transA: boolean; alpha: number },
): Tensor {
  const [rows, inputs] = a.shape as [number, number];
  const outputs = dy.shape[1]!;
  const small = Math.max(inputs, outputs) <= 384 && rows >= 1024 && rows % 2 === 0;
  if (!small || !options.transA) return gemm(g, a, dy, options);
  const halves = (x: Tensor, width: number) => apply1(g, "Reshape", [x], { shape: [2, rows / 2, width] });
  return reduceSum(g, fusedMatMul(g, halves(a, inputs), halves(dy, outputs), options), 0);
}

function productOfTransposed(
  g: GraphBuilder,
  a: Tensor,
  dy: Tensor,
  options: { transA: boolean; alpha: number },
  transposed: (x: Tensor) => Tensor | undefined,
): Tensor {
  const turned = options.transA ? transposed(a) : undefined;
  return turned ? gemm(g, turned, dy, { alpha: options.alpha }) : weightGradient(g, a, dy, options);
}

const swapLast = (rank: number): number[] => [...Array(rank - 2).keys(), rank - 1, rank - 2];

function productShape(what: string, a: Tensor, b: Tensor, left: Shape, right: Shape): Shape {
  if (left.length < 2 || right.length < 2 || left.at(-1) !== right.at(-2)) fail(what, a, b);
  const batch = broadcastShapes(left.slice(0, -2), right.slice(0, -2), what);
  return [...batch, left.at(-2)!, right.at(-1)!];
}

function transposed(e: Emitter, x: string, perm: readonly number[]): string {
  return e.node("Transpose", [x], { attributes: { perm: { kind: "ints", value: perm } } })[0]!;
}

export const matrix: Ops<"MatMul" | "FusedMatMul" | "Gemm"> = {
  MatMul: {
    shape: ([a, b]) => [{ shape: productShape("matmul", a!, b!, a!.shape, b!.shape), dtype: a!.dtype }],
    gradient: (g, { inputs: [a, b], wanted }, [dy]) => {
      const flip = (x: Tensor) => apply1(g, "Transpose", [x], { perm: swapLast(x.shape.length) });
      return [
        wanted[0] ? sumTo(g, matmul(g, dy!, flip(b!)), a!.shape) : undefined,
        wanted[1] ? sumTo(g, matmul(g, flip(a!), dy!), b!.shape) : undefined,
      ];
    },
    emit: (e, inputs) => e.node("MatMul", inputs),
  },
  Gemm: {
    shape: ([a, b, bias], { transA, transB }) => {
      const left = transA ? [...a!.shape].reverse() : a!.shape;
      const right = transB ? [...b!.shape].reverse() : b!.shape;
      if (left.length !== 2 || right.length !== 2) fail("gemm", a!, b!);
      const shape = productShape("gemm", a!, b!, left, right);
      if (bias && !sameShape(bias.shape, [shape[1]!]) && !sameShape(bias.shape, [shape[0]!, 1]))
        throw new GradUsageError(
          `gemm: the bias is ${describeShape(bias.shape)}, not [${shape[1]}] or [${shape[0]}, 1]`,
        );
      return [{ shape, dtype: a!.dtype }];
    },
    gradient: (
      g,
      { inputs: [a, b, bias], attributes: { transA, transB, alpha }, wanted, transposed },
      [dy],
    ) => [
      !wanted[0]
        ? undefined
        : transA
          ? gemm(g, b!, dy!, { transA: transB, transB: true, alpha })
          : gemm(g, dy!, b!, { transB: !transB, alpha }),
      !wanted[1]
        ? undefined
        : transB
          ? gemm(g, dy!, a!, { transA: true, transB: transA, alpha })
          : productOfTransposed(g, a!, dy!, { transA: !transA, alpha }, transposed),
      ...(bias ? [wanted[2] ? biasGradient(g, dy!, bias.shape) : undefined] : []),
    ],
    emit: (e, [a, b, bias], { transA, transB, alpha }) => {
      // The kernel's own bias is copied out row by row before the product, which costs three times the addition.
      const product = e.node("Gemm", [a!, b!], {
        attributes: {
          alpha: { kind: "float", value: alpha },
          transA: { kind: "int", value: transA ? 1 : 0 },
          transB: { kind: "int", value: transB ? 1 : 0 },
        },
      });
      return bias === undefined ? product : e.node("Add", [product[0]!, bias]);
    },
  },
  FusedMatMul: {
    shape: ([a, b], { transA, transB, transBatchA, transBatchB }) => {
      const order = (shape: Shape, trans: boolean, transBatch: boolean): Shape => {
        const s = transBatch ? batchFirst(shape) : shape;
        return trans ? [...s.slice(0, -2), s.at(-1)!, s.at(-2)!] : s;
      };
      if (a!.shape.length !== b!.shape.length || a!.shape.length < 3) fail("fusedMatMul", a!, b!);
      const left = order(a!.shape, transA, transBatchA);
      const right = order(b!.shape, transB, transBatchB);
      if (!sameShape(left.slice(0, -2), right.slice(0, -2))) fail("fusedMatMul", a!, b!);
      return [{ shape: productShape("fusedMatMul", a!, b!, left, right), dtype: a!.dtype }];
    },
    gradient: (g, { inputs: [a, b], attributes, wanted }, [dy]) => {
      const { transA, transB, transBatchA, transBatchB, alpha } = attributes;
      // A product comes out batch first: an operand that was laid out rows first wants its derivative so, too.
      const rowsFirst = (x: Tensor, needed: boolean) => {
        const rank = x.shape.length;
        const perm = [rank - 2, ...Array(rank - 2).keys(), rank - 1];
        return needed ? apply1(g, "Transpose", [x], { perm }) : x;
      };
      const da = () =>
        transA
          ? fusedMatMul(g, b!, dy!, { transA: transB, transBatchA: transBatchB, transB: true, alpha })
          : fusedMatMul(g, dy!, b!, { transB: !transB, transBatchB, alpha });
      const db = () =>
        transB
          ? fusedMatMul(g, dy!, a!, { transA: true, transB: transA, transBatchB: transBatchA, alpha })
          : fusedMatMul(g, a!, dy!, { transA: !transA, transBatchA, alpha });
      return [
        wanted[0] ? rowsFirst(da(), transBatchA) : undefined,
        wanted[1] ? rowsFirst(db(), transBatchB) : undefined,
      ];
    },
    emit: (e, [a, b], { transA, transB, transBatchA, transBatchB, alpha }, { inputs }) => {
      const flag = (value: boolean) => ({ kind: "int", value: value ? 1 : 0 }) as const;
      if (e.float === "float32")
        return e.node("FusedMatMul", [a!, b!], {
          domain: "com.microsoft",
          attributes: {
            alpha: { kind: "float", value: alpha },
            transA: flag(transA),
            transB: flag(transB),
            transBatchA: flag(transBatchA),
            transBatchB: flag(transBatchB),
          },
        });
      // The fused kernel exists in float32 only; gradient checks in float64 take the plain nodes.
      const rank = inputs[0]!.shape.length;
      const toBatchFirst = [...Array(rank - 2).keys()].map((i) => i + 1).concat(0, rank - 1);
      const operand = (x: string, trans: boolean, transBatch: boolean) => {
        const ordered = transBatch ? transposed(e, x, toBatchFirst) : x;
        return trans ? transposed(e, ordered, swapLast(rank)) : ordered;
      };
      const product = e.node("MatMul", [operand(a!, transA, transBatchA), operand(b!, transB, transBatchB)]);
      return alpha === 1 ? product : e.node("Mul", [product[0]!, e.scalar(alpha, e.float)]);
    },
  },
};
