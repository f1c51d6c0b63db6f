import type { GraphBuilder } from "../graph/graphBuilder.ts";
import { broadcastShapes } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { OpAttributes, OpName } from "./attributes.ts";
import { noGradient, type Op, type Ops } from "./op.ts";
import { sumTo } from "./reduction.ts";

type Plain = { [K in OpName]: OpAttributes[K] extends Record<never, never> ? K : never }[OpName];
type Binary = "Add" | "Sub" | "Mul" | "Div" | "Max" | "Min";
type Unary =
  | "Neg"
  | "Exp"
  | "Log"
  | "Sqrt"
  | "Reciprocal"
  | "Abs"
  | "Sign"
  | "Step"
  | "Tanh"
  | "Sigmoid"
  | "Relu"
  | "Erf"
  | "Softplus"
  | "Gelu"
  | "Identity";

type UnaryGradient = (g: GraphBuilder, dy: Tensor, x: Tensor, y: Tensor) => Tensor | undefined;
type BinaryGradient = (
  g: GraphBuilder,
  dy: Tensor,
  a: Tensor,
  b: Tensor,
  y: Tensor,
) => readonly [() => Tensor, () => Tensor];

export const apply1 = <K extends OpName>(
  g: GraphBuilder,
  op: K,
  inputs: readonly Tensor[],
  attributes: OpAttributes[K],
): Tensor => g.apply(op, inputs, attributes)[0]!;

export type Operand = Tensor | number;
export const toTensor = (g: GraphBuilder, x: Operand): Tensor => (typeof x === "number" ? g.constant(x) : x);

export const add = (g: GraphBuilder, a: Operand, b: Operand) =>
  apply1(g, "Add", [toTensor(g, a), toTensor(g, b)], {});
export const sub = (g: GraphBuilder, a: Operand, b: Operand) =>
  apply1(g, "Sub", [toTensor(g, a), toTensor(g, b)], {});
export const mul = (g: GraphBuilder, a: Operand, b: Operand) =>
  apply1(g, "Mul", [toTensor(g, a), toTensor(g, b)], {});
export const div = (g: GraphBuilder, a: Operand, b: Operand) =>
  apply1(g, "Div", [toTensor(g, a), toTensor(g, b)], {});
/** The larger of the two; where they are equal the derivative goes to the first. */
export const max = (g: GraphBuilder, a: Operand, b: Operand) =>
  apply1(g, "Max", [toTensor(g, a), toTensor(g, b)], {});
/** The smaller of the two; where they are equal the derivative goes to the first. */
export const min = (g: GraphBuilder, a: Operand, b: Operand) =>
  apply1(g, "Min", [toTensor(g, a), toTensor(g, b)], {});
export const neg = (g: GraphBuilder, x: Tensor) => apply1(g, "Neg", [x], {});
export const exp = (g: GraphBuilder, x: Tensor) => apply1(g, "Exp", [x], {});
export const log = (g: GraphBuilder, x: Tensor) => apply1(g, "Log", [x], {});
export const sqrt = (g: GraphBuilder, x: Tensor) => apply1(g, "Sqrt", [x], {});
export const reciprocal = (g: GraphBuilder, x: Tensor) => apply1(g, "Reciprocal", [x], {});
/** |x|, with derivative 0 at 0. */
export const abs = (g: GraphBuilder, x: Tensor) => apply1(g, "Abs", [x], {});
export const sign = (g: GraphBuilder, x: Tensor) => apply1(g, "Sign", [x], {});
/** 1 where x > 0, else 0. */
export const step = (g: GraphBuilder, x: Tensor) => apply1(g, "Step", [x], {});
export const tanh = (g: GraphBuilder, x: Tensor) => apply1(g, "Tanh", [x], {});
export const sigmoid = (g: GraphBuilder, x: Tensor) => apply1(g, "Sigmoid", [x], {});
/** max(x, 0), with derivative 0 at 0. */
export const relu = (g: GraphBuilder, x: Tensor) => apply1(g, "Relu", [x], {});
export const erf = (g: GraphBuilder, x: Tensor) => apply1(g, "Erf", [x], {});
/** log(1 + e^x). float32 only. */
export const softplus = (g: GraphBuilder, x: Tensor) => apply1(g, "Softplus", [x], {});
/** x·Φ(x) with Φ by the tanh formula of Hendrycks & Gimpel 2016: x/2·(1 + tanh(√(2/π)(x + 0.044715x³))). */
export const gelu = (g: GraphBuilder, x: Tensor) => apply1(g, "Gelu", [x], {});
/** x^exponent with a fixed exponent. */
export const pow = (g: GraphBuilder, x: Tensor, exponent: number) => apply1(g, "Pow", [x], { exponent });
/** x kept inside [min, max]; outside the derivative is 0. */
export const clip = (g: GraphBuilder, x: Tensor, lowest: number, highest: number) =>
  apply1(g, "Clip", [x], { min: lowest, max: highest });
/** x itself; nothing flows back through it. */
export const stopGradient = (g: GraphBuilder, x: Tensor) =>
  g.custom(
    [x],
    () => [apply1(g, "Identity", [x], {})],
    () => [undefined],
  )[0]!;
const cast = (g: GraphBuilder, x: Tensor, to: OpAttributes["Cast"]["to"]) => apply1(g, "Cast", [x], { to });
/** 1 where a > b, else 0, as reals. */
const greaterMask = (g: GraphBuilder, a: Tensor, b: Tensor) => step(g, sub(g, a, b));

function binary<K extends Binary>(name: K, gradient: BinaryGradient): Op<K> {
  return {
    shape: ([a, b]) => [{ shape: broadcastShapes(a!.shape, b!.shape, name), dtype: a!.dtype }],
    gradient: (g, { inputs: [a, b], outputs, wanted }, [dy]) => {
      const parts = gradient(g, dy!, a!, b!, outputs[0]!);
      return [a!, b!].map((x, i) => (wanted[i] ? sumTo(g, parts[i]!(), x.shape) : undefined));
    },
    emit: (e, inputs) => e.node(name, inputs),
  };
}

function unary<K extends Unary & Plain>(name: K, gradient: UnaryGradient): Op<K> {
  return {
    shape: ([x]) => [{ shape: x!.shape, dtype: x!.dtype }],
    gradient: (g, { inputs, outputs }, [dy]) => [gradient(g, dy!, inputs[0]!, outputs[0]!)],
    emit: (e, inputs) => e.node(name, inputs),
  };
}

const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

export const elementwise: Ops<Binary | Unary | "Pow" | "Clip" | "Cast"> = {
  Add: binary("Add", (_g, dy) => [() => dy, () => dy]),
  Sub: binary("Sub", (g, dy) => [() => dy, () => neg(g, dy)]),
  Mul: binary("Mul", (g, dy, a, b) => [() => mul(g, dy, b), () => mul(g, dy, a)]),
  Div: binary("Div", (g, dy, _a, b, y) => [() => div(g, dy, b), () => neg(g, div(g, mul(g, dy, y), b))]),
  Max: binary("Max", (g, dy, a, b) => {
    const second = greaterMask(g, b, a);
    return [() => mul(g, dy, sub(g, 1, second)), () => mul(g, dy, second)];
  }),
  Min: binary("Min", (g, dy, a, b) => {
    const second = greaterMask(g, a, b);
    return [() => mul(g, dy, sub(g, 1, second)), () => mul(g, dy, second)];
  }),
  Neg: unary("Neg", (g, dy) => neg(g, dy)),
  Exp: unary("Exp", (g, dy, _x, y) => mul(g, dy, y)),
  Log: unary("Log", (g, dy, x) => div(g, dy, x)),
  Sqrt: unary("Sqrt", (g, dy, _x, y) => div(g, mul(g, dy, 0.5), y)),
  Reciprocal: unary("Reciprocal", (g, dy, _x, y) => neg(g, mul(g, dy, mul(g, y, y)))),
  Abs: unary("Abs", (g, dy, x) => mul(g, dy, sign(g, x))),
  Sign: unary("Sign", () => undefined),
  Step: {
    ...unary("Step", () => undefined),
    // min(1, max(0, 1e38·x)): two vectorised passes, faster than a comparison and a cast; a positive number below
    // 1e-38 is not told from 0.
    emit: (e, [x], _attributes, { inputs }) => {
      const { dtype } = inputs[0]!;
      const [steep] = e.node("Mul", [x!, e.scalar(1e38, dtype)]);
      return e.node("Clip", [steep!, e.scalar(0, dtype), e.scalar(1, dtype)]);
    },
  },
  Tanh: unary("Tanh", (g, dy, _x, y) => mul(g, dy, sub(g, 1, mul(g, y, y)))),
  Sigmoid: unary("Sigmoid", (g, dy, _x, y) => mul(g, dy, mul(g, y, sub(g, 1, y)))),
  Relu: unary("Relu", (g, dy, _x, y) => mul(g, dy, step(g, y))),
  Erf: unary("Erf", (g, dy, x) => mul(g, dy, mul(g, exp(g, neg(g, mul(g, x, x))), 2 / Math.sqrt(Math.PI)))),
  Softplus: unary("Softplus", (g, dy, x) => mul(g, dy, sigmoid(g, x))),
  Gelu: {
    ...unary("Gelu", (g, dy, x) => {
      // d/dx x/2·(1+t) = (1+t)/2 + x/2·(1-t²)·√(2/π)(1+3·0.044715x²), t = tanh(√(2/π)(x+0.044715x³))
      const square = mul(g, x, x);
      const inner = mul(g, x, add(g, mul(g, square, 0.044715 * SQRT_2_OVER_PI), SQRT_2_OVER_PI));
      const t = tanh(g, inner);
      const slope = add(g, mul(g, square, 3 * 0.044715 * SQRT_2_OVER_PI), SQRT_2_OVER_PI);
      const bell = mul(g, mul(g, x, sub(g, 1, mul(g, t, t))), slope);
      return mul(g, dy, mul(g, add(g, add(g, t, 1), bell), 0.5));
    }),
    emit: (e, inputs) =>
      e.node("Gelu", inputs, { attributes: { approximate: { kind: "string", value: "tanh" } } }),
  },
  Identity: unary("Identity", (_g, dy) => dy),
  Pow: {
    shape: ([x]) => [{ shape: x!.shape, dtype: x!.dtype }],
    gradient: (g, { inputs: [x], attributes: { exponent } }, [dy]) => [
      mul(g, dy!, mul(g, pow(g, x!, exponent - 1), exponent)),
    ],
    emit: (e, [x], { exponent }, { inputs }) => e.node("Pow", [x!, e.scalar(exponent, inputs[0]!.dtype)]),
  },
  Clip: {
    shape: ([x]) => [{ shape: x!.shape, dtype: x!.dtype }],
    gradient: (g, { inputs: [x], attributes }, [dy]) => {
      const inside = mul(
        g,
        greaterMask(g, x!, g.constant(attributes.min)),
        greaterMask(g, g.constant(attributes.max), x!),
      );
      return [mul(g, dy!, inside)];
    },
    emit: (e, [x], { min: lowest, max: highest }, { inputs }) => {
      const { dtype } = inputs[0]!;
      return e.node("Clip", [x!, e.scalar(lowest, dtype), e.scalar(highest, dtype)]);
    },
  },
  Cast: {
    shape: ([x], { to }) => [{ shape: x!.shape, dtype: to }],
    gradient: (g, { inputs: [x] }, [dy]) =>
      x!.dtype === "float32" || x!.dtype === "float64" ? [cast(g, dy!, x!.dtype)] : noGradient(),
    emit: (e, inputs, { to }) =>
      e.node("Cast", inputs, { attributes: { to: { kind: "int", value: CAST_CODES[to] } } }),
  },
};

/** TensorProto.DataType of the ONNX standard. */
const CAST_CODES = { float32: 1, int32: 6, int64: 7, bool: 9, float64: 11 } as const;
