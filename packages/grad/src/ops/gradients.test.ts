import { describe, expect, it } from "vitest";
import { gradientError, type Operand } from "../graph/centralDifferences.ts";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { OpName } from "./attributes.ts";
import { and, cast, equal, greater, less, not, where } from "./comparison.ts";
import {
  abs,
  add,
  clip,
  div,
  erf,
  exp,
  gelu,
  log,
  max,
  min,
  mul,
  neg,
  pow,
  reciprocal,
  relu,
  sigmoid,
  sign,
  softplus,
  sqrt,
  step,
  stopGradient,
  sub,
  tanh,
} from "./elementwise.ts";
import { argMax, gather, oneHot } from "./indexing.ts";
import { concat, expand, pad, reshape, slice, split, transpose } from "./layout.ts";
import { fusedMatMul, gemm, matmul } from "./matrix.ts";
import { layerNormalization, logSoftmax, normalize, softmax } from "./normalization.ts";
import { operationTable } from "./operationTable.ts";
import { reduceMax, reduceMean, reduceSum, reduceSumSquare } from "./reduction.ts";

type Build = (g: GraphBuilder, ...x: Tensor[]) => Tensor | readonly Tensor[];
type Case = { op: OpName; name: string; operands: Operand[]; build: Build; float?: "float32" };

const shape = (...extents: number[]): Operand => ({ shape: extents });
const values = (extents: number[], f: (i: number) => number): Operand => ({
  shape: extents,
  values: Array.from({ length: extents.reduce((a, b) => a * b, 1) }, (_, i) => f(i)),
});
/** Away from 0, where log and roots are defined and steep kinks are far. */
const positive = (...extents: number[]) =>
  values(extents, (i) => 0.6 + 0.5 * Math.abs(Math.sin(1.3 * i + 0.2)));

const cases: Case[] = [];
const check = (op: OpName, name: string, operands: Operand[], build: Build, float?: "float32") =>
  cases.push({ op, name, operands, build, ...(float ? { float } : {}) });

for (const [op, f] of [
  ["Add", add],
  ["Sub", sub],
  ["Mul", mul],
  ["Div", div],
  ["Max", max],
  ["Min", min],
] as const) {
  const right = op === "Div" ? positive : shape;
  check(op, "same shapes", [shape(3, 5), right(3, 5)], f);
  check(op, "a row broadcasts", [shape(2, 3, 5), right(5)], f);
  check(op, "a column broadcasts on the left", [shape(3, 1), right(2, 3, 5)], f);
  check(op, "both stretch", [shape(3, 1, 5), right(7, 1)], f);
  check(op, "a scalar", [shape(), right(3, 2)], f);
}
for (const [op, f] of [
  ["Neg", neg],
  ["Exp", exp],
  ["Abs", abs],
  ["Sign", sign],
  ["Step", step],
  ["Tanh", tanh],
  ["Sigmoid", sigmoid],
  ["Relu", relu],
] as const)
  check(op, "", [shape(3, 7)], f);
for (const [op, f] of [
  ["Log", log],
  ["Sqrt", sqrt],
  ["Reciprocal", reciprocal],
] as const)
  check(op, "", [positive(3, 7)], f);
for (const [op, f] of [
  ["Erf", erf],
  ["Softplus", softplus],
  ["Gelu", gelu],
] as const)
  check(op, "", [shape(3, 7)], f, "float32");
check("Pow", "cube", [shape(3, 5)], (g, x) => pow(g, x!, 3));
check("Pow", "fraction", [positive(3, 5)], (g, x) => pow(g, x!, 1.7));
check("Clip", "", [shape(5, 7)], (g, x) => clip(g, x!, -0.7, 0.9));
check("Identity", "through", [shape(5)], (g, x) => g.apply("Identity", [x!], {}));
check("Cast", "reals pass", [shape(5)], (g, x) => mul(g, g.apply("Cast", [x!], { to: g.float })[0]!, x!));
check("Cast", "integers do not", [shape(5)], (g, x) =>
  mul(g, cast(g, cast(g, mul(g, x!, 3), "int32"), g.float), x!),
);
for (const [op, f] of [
  ["Equal", equal],
  ["Greater", greater],
  ["Less", less],
] as const)
  check(op, "as a mask", [shape(3, 5), shape(5)], (g, a, b) => mul(g, cast(g, f(g, a!, b!), g.float), a!));
check("And", "as a mask", [shape(3, 5)], (g, x) =>
  where(g, and(g, greater(g, x!, -0.5), less(g, x!, 0.5)), x!, 2),
);
check("Not", "as a mask", [shape(3, 5)], (g, x) => where(g, not(g, greater(g, x!, 0.2)), x!, mul(g, x!, 3)));
check("Where", "broadcasts", [shape(3, 5), shape(5), shape(3, 1)], (g, c, a, b) =>
  where(g, greater(g, c!, 0), a!, b!),
);
check("MatMul", "two matrices", [shape(3, 5), shape(5, 2)], matmul);
check("MatMul", "batch", [shape(7, 3, 5), shape(7, 5, 2)], matmul);
check("MatMul", "a matrix for the whole batch", [shape(2, 7, 3, 5), shape(5, 2)], matmul);
check("MatMul", "batches broadcast", [shape(2, 1, 3, 5), shape(7, 5, 2)], matmul);
for (const transA of [false, true])
  for (const transB of [false, true])
    check(
      "Gemm",
      `transA ${transA} transB ${transB}`,
      [shape(...(transA ? [5, 3] : [3, 5])), shape(...(transB ? [2, 5] : [5, 2])), shape(2)],
      (g, a, b, bias) => gemm(g, a!, b!, { bias: bias!, transA, transB, alpha: 0.7 }),
    );
for (const transA of [false, true])
  for (const transB of [false, true])
    for (const transBatchA of [false, true])
      for (const transBatchB of [false, true]) {
        const lay = (rows: number, columns: number, trans: boolean, transBatch: boolean) => {
          const [r, c] = trans ? [columns, rows] : [rows, columns];
          return transBatch ? shape(r!, 7, c!) : shape(7, r!, c!);
        };
        for (const float of [undefined, "float32"] as const)
          check(
            "FusedMatMul",
            `${[transA, transB, transBatchA, transBatchB]} ${float ?? "float64"}`,
            [lay(3, 5, transA, transBatchA), lay(5, 2, transB, transBatchB)],
            (g, a, b) => fusedMatMul(g, a!, b!, { transA, transB, transBatchA, transBatchB, alpha: 0.6 }),
            float,
          );
      }
check("Reshape", "", [shape(3, 5, 2)], (g, x) => mul(g, reshape(g, x!, [5, "rest"]), reshape(g, x!, [5, 6])));
check("Transpose", "", [shape(2, 3, 5)], (g, x) => transpose(g, x!, [2, 0, 1]));
check("Slice", "a range", [shape(3, 7)], (g, x) => slice(g, x!, 1, 2, 5));
check("Slice", "with steps", [shape(11, 3)], (g, x) => slice(g, x!, 0, 1, 10, 3));
check("Slice", "steps past the end", [shape(2, 8)], (g, x) => slice(g, x!, 1, 1, 8, 3));
check("Pad", "", [shape(3, 5)], (g, x) => pad(g, x!, 1, 2, 1));
check("Concat", "", [shape(3, 2), shape(3, 5), shape(3, 1)], (g, ...x) => concat(g, x, 1));
check("Split", "all parts used", [shape(3, 7)], (g, x) => split(g, x!, 1, [2, 4, 1]));
check("Split", "one part used", [shape(6, 5)], (g, x) => split(g, x!, 0, 3)[1]!);
check("Expand", "", [shape(3, 1)], (g, x) => expand(g, x!, [2, 3, 5]));
check("Gather", "rows, repeated", [shape(5, 3)], (g, x) =>
  gather(g, x!, cast(g, g.constant([4, 0, 4, 2, 4, 0], [2, 3]), "int64")),
);
check("Gather", "an inner axis", [shape(2, 5, 3)], (g, x) =>
  gather(g, x!, cast(g, g.constant([3, 3, 0, 1]), "int64"), 1),
);
check("Gather", "one scalar index", [shape(2, 5)], (g, x) =>
  gather(g, x!, cast(g, g.constant(3), "int64"), 1),
);
check("OneHot", "as a mask", [shape(3, 5)], (g, x) =>
  mul(g, x!, oneHot(g, cast(g, g.constant([1, 4, 0]), "int32"), 5)),
);
check("ArgMax", "picks", [shape(3, 5)], (g, x) => mul(g, x!, oneHot(g, argMax(g, x!, 1), 5)));
for (const [op, f] of [
  ["ReduceSum", reduceSum],
  ["ReduceMean", reduceMean],
  ["ReduceMax", reduceMax],
  ["ReduceSumSquare", reduceSumSquare],
] as const) {
  check(op, "last axis", [shape(3, 7)], (g, x) => f(g, x!, -1));
  check(op, "two axes, kept", [shape(2, 3, 5)], (g, x) => f(g, x!, [0, 2], true));
  check(op, "all", [shape(3, 5)], (g, x) => f(g, x!));
}
check("Softmax", "last axis", [shape(3, 5)], (g, x) => softmax(g, x!));
check("Softmax", "first axis", [shape(3, 5)], (g, x) => softmax(g, x!, 0));
check("LogSoftmax", "", [shape(3, 5)], (g, x) => logSoftmax(g, x!));
check("LayerNormalization", "", [shape(2, 3, 7), shape(7), shape(7)], (g, x, gain, bias) =>
  layerNormalization(g, x!, gain!, bias!),
);
check(
  "LayerNormalization",
  "the kernel",
  [shape(2, 3, 7), shape(7), shape(7)],
  (g, x, gain, bias) => layerNormalization(g, x!, gain!, bias!),
  "float32",
);
check("Normalize", "", [shape(3, 7)], (g, x) => normalize(g, x!));
check("Normalize", "the kernel", [shape(3, 7)], (g, x) => normalize(g, x!), "float32");
check("Step", "the kernel", [shape(3, 7)], step, "float32");
check("Relu", "the kernel", [shape(3, 7)], relu, "float32");
check("Normalize", "centred consumer", [shape(3, 7), shape(7, 5)], (g, x, w) => {
  const centred = sub(g, w!, reduceMean(g, w!, 0, true));
  return matmul(g, normalize(g, x!, { centred: true }), centred);
});

describe("gradients against central differences", () => {
  it.each(cases.map((c) => [`${c.op} ${c.name}`, c] as const))(
    "%s",
    async (_name, { operands, build, float }) => {
      const error = await gradientError(operands, build, float ? { float } : {});
      expect(error).toBeLessThan(float === "float32" ? 5e-3 : 2e-8);
    },
  );

  it("covers every operation of the table", () => {
    // Lstm is for exported models only and refuses to be differentiated.
    const checked = new Set<string>([...cases.map((c) => c.op), "Lstm"]);
    expect(Object.keys(operationTable).filter((op) => !checked.has(op))).toEqual([]);
  });

  it("sees a derivative that is wrong", async () => {
    const halved = (g: GraphBuilder, x?: Tensor) =>
      g.custom(
        [x!],
        () => [mul(g, x!, x!)],
        ([dy]) => [mul(g, dy!, x!)],
      );
    expect(await gradientError([shape(3)], halved)).toBeGreaterThan(0.1);
    expect(await gradientError([shape(3)], (g, x) => stopGradient(g, mul(g, x!, x!)))).toBeGreaterThan(0.1);
  });
});
