import { GradUsageError } from "../errors.ts";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import { describeShape } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import { abs, add, div, exp, max, mul, neg, sigmoid, stopGradient, sub } from "../ops/elementwise.ts";
import { concat, reshape, slice, split, transpose } from "../ops/layout.ts";
import { fusedMatMul, matmul } from "../ops/matrix.ts";
import { reduceMax, reduceSum } from "../ops/reduction.ts";
import { linear } from "./linear.ts";
import { checkHeads, logSigmoid } from "./slstm.ts";
import { sequenceExtents } from "./timeSteps.ts";

/** What the matrix memory is fed with. Rows in time-major order (row t·B + b), heads beside each other. */
export interface MlstmInputs {
  /** [T·B, H]. */
  query: Tensor;
  key: Tensor;
  value: Tensor;
  /** ĩ and f̃ before their non-linearities, [T·B, heads]. */
  inputGate: Tensor;
  forgetGate: Tensor;
}
export interface MlstmMemoryOptions {
  /** Steps T of a window. */
  time: number;
  heads: number;
}

/**
 * The matrix memory of mLSTM in its parallel form (Beck et al. 2024, arXiv 2405.04517, appendix A.3), each head for
 * itself, over the T steps of a window at once. With F_t = Σ_{j≤t} log σ(f̃_j), t a row, s a column:
 *   D̃_ts = F_t - F_s + ĩ_s for s ≤ t, else -∞        m_t = max_s D̃_ts        D_ts = exp(D̃_ts - m_t)
 *   S = (Q Kᵀ / √d) ⊙ D        h̃_t = Σ_s S_ts v_s / max(|Σ_s S_ts|, exp(-m_t))
 * d = H / heads. The stabiliser m cancels in h̃; no derivative goes through it. Equal to `mlstmRecurrent`.
 * The result [T·B, H].
 */
export function mlstmParallel(g: GraphBuilder, inputs: MlstmInputs, options: MlstmMemoryOptions): Tensor {
  const { size, rows } = checkMemory(inputs, options);
  const { time, heads } = options;
  const byHead = (x: Tensor) => reshape(g, x, [time, "rest", size]);
  const gate = (x: Tensor) => transpose(g, reshape(g, x, [time, "rest"]), [1, 0]);
  const inputGate = gate(inputs.inputGate);
  const decay = matmul(g, logSigmoid(g, gate(inputs.forgetGate)), g.constant(upTo(time), [time, time]));
  const asRow = reshape(g, sub(g, inputGate, decay), ["rest", 1, time]);
  const asColumn = reshape(g, decay, ["rest", time, 1]);
  const logD = add(g, add(g, asColumn, asRow), g.constant(hideLater(time), [time, time]));
  const m = stopGradient(g, reduceMax(g, logD, -1, true));
  const scores = fusedMatMul(g, byHead(inputs.query), byHead(inputs.key), {
    transBatchA: true,
    transBatchB: true,
    transB: true,
    alpha: 1 / Math.sqrt(size),
  });
  const weights = mul(g, scores, exp(g, sub(g, logD, m)));
  const normaliser = max(g, abs(g, reduceSum(g, weights, -1, true)), exp(g, neg(g, m)));
  const read = div(g, fusedMatMul(g, weights, byHead(inputs.value), { transBatchB: true }), normaliser);
  return reshape(g, transpose(g, read, [1, 0, 2]), [rows, heads * size]);
}

/** [T, T] with 1 where row ≤ column: a product with it sums up to each step. */
const upTo = (time: number) =>
  Float64Array.from({ length: time * time }, (_, i) => (Math.floor(i / time) <= i % time ? 1 : 0));
/** 0 where the column is not later than the row, else so little that its exponential is 0. */
const hideLater = (time: number) =>
  Float64Array.from({ length: time * time }, (_, i) => (i % time > Math.floor(i / time) ? -1e9 : 0));

/**
 * The same memory step by step (equations 19 to 27 of the paper), the form in which it can run on without end:
 *   m_t = max(log f_t + m_{t-1}, ĩ_t)     i'_t = exp(ĩ_t - m_t)     f'_t = exp(log f_t + m_{t-1} - m_t)
 *   C_t = f'_t C_{t-1} + i'_t v_t k_tᵀ/√d     n_t = f'_t n_{t-1} + i'_t k_t/√d
 *   h̃_t = C_t q_t / max(|n_tᵀ q_t|, exp(-m_t))      log f_t = log σ(f̃_t)      C_0 = n_0 = 0, m_0 = -∞
 * C [d, d] a head. The result [T·B, H].
 */
export function mlstmRecurrent(g: GraphBuilder, inputs: MlstmInputs, options: MlstmMemoryOptions): Tensor {
  const { size, rows } = checkMemory(inputs, options);
  const { time, heads } = options;
  // One step: [B·heads, d, 1] of a query, key or value, [B·heads, 1, 1] of a gate.
  const steps = (x: Tensor, width: number) => {
    const whole = reshape(g, x, [time, "rest", width, 1]);
    return Array.from({ length: time }, (_, t) =>
      reshape(g, slice(g, whole, 0, t, t + 1), ["rest", width, 1]),
    );
  };
  const [query, value] = [steps(inputs.query, size), steps(inputs.value, size)];
  const key = steps(mul(g, inputs.key, 1 / Math.sqrt(size)), size);
  const inputGate = steps(inputs.inputGate, 1);
  const logForget = steps(logSigmoid(g, inputs.forgetGate), 1);
  let memory: Tensor | undefined;
  let normaliser: Tensor | undefined;
  let m: Tensor | undefined;
  const read = query.map((q, t) => {
    const carried = m && add(g, logForget[t]!, m);
    m = stopGradient(g, carried ? max(g, carried, inputGate[t]!) : inputGate[t]!);
    const written = mul(g, key[t]!, exp(g, sub(g, inputGate[t]!, m)));
    const outer = fusedMatMul(g, value[t]!, written, { transB: true });
    const kept = carried && exp(g, sub(g, carried, m));
    memory = memory && kept ? add(g, mul(g, memory, kept), outer) : outer;
    normaliser = normaliser && kept ? add(g, mul(g, normaliser, kept), written) : written;
    const overlap = fusedMatMul(g, normaliser, q, { transA: true });
    const h = div(g, fusedMatMul(g, memory, q), max(g, abs(g, overlap), exp(g, neg(g, m))));
    return reshape(g, h, [1, "rest", size]);
  });
  return reshape(g, concat(g, read, 0), [rows, heads * size]);
}

function checkMemory({ query, key, value, inputGate, forgetGate }: MlstmInputs, options: MlstmMemoryOptions) {
  const { time, heads } = options;
  const [rows, width] = [query.shape[0]!, query.shape[1]!];
  const size = checkHeads("mlstm", width, heads);
  for (const [name, x, columns] of [
    ["key", key, width],
    ["value", value, width],
    ["inputGate", inputGate, heads],
    ["forgetGate", forgetGate, heads],
  ] as const)
    if (x.shape.length !== 2 || x.shape[0] !== rows || x.shape[1] !== columns)
      throw new GradUsageError(
        `mlstm: ${name} is ${describeShape(x.shape)}, not ${describeShape([rows, columns])}`,
      );
  if (!Number.isInteger(rows / time))
    throw new GradUsageError(`mlstm: ${rows} rows are no windows of ${time} steps`);
  return { size, rows };
}

export interface MlstmOptions {
  /** Width H of the memory; the heads divide it. */
  width: number;
  heads: number;
  name: string;
  /** How the memory is read; both give the same numbers. Parallel unless said: quadratic in T, but products only. */
  form?: "parallel" | "recurrent";
}

/**
 * mLSTM, the LSTM with matrix memory (Beck et al. 2024, arXiv 2405.04517, equations 19 to 27):
 *   q_t = W_q x_t + b_q     k_t = W_k x_t + b_k (divided by √d in the memory)     v_t = W_v x_t + b_v
 *   ĩ_t = w_i x_t + b_i     f̃_t = w_f x_t + b_f (one a head)     o_t = σ(W_o x_t + b_o)     h_t = o_t ⊙ h̃_t
 * with h̃ from the memory, see `mlstmParallel`. x [T, B, I]; the result [T, B, H]. Parameters NAME.query, .key, .value,
 * .output (.weight [I, H], .bias [H]) and NAME.gates (.weight [I, 2·heads], .bias: ĩ 0, f̃ from 3 to 6 over the heads).
 */
export function mlstm(g: GraphBuilder, x: Tensor, options: MlstmOptions): Tensor {
  const { width, heads, name, form = "parallel" } = options;
  checkHeads("mlstm", width, heads);
  const [time, , features] = sequenceExtents(x, "mlstm", "[time, batch, feature]");
  const rows = reshape(g, x, ["rest", features]);
  const [query, key, value] = ["query", "key", "value"].map((p) => linear(g, rows, `${name}.${p}`, width));
  const inputs = { query: query!, key: key!, value: value!, ...mlstmGates(g, rows, `${name}.gates`, heads) };
  const read = (form === "parallel" ? mlstmParallel : mlstmRecurrent)(g, inputs, { time, heads });
  const output = sigmoid(g, linear(g, rows, `${name}.output`, width));
  return reshape(g, mul(g, output, read), [time, "rest", width]);
}

/** ĩ and f̃ of each head from rows [N, I]. */
export function mlstmGates(g: GraphBuilder, rows: Tensor, name: string, heads: number) {
  const forget = Array.from({ length: heads }, (_, i) => 3 + (3 * i) / Math.max(1, heads - 1));
  const bias = g.parameter(`${name}.bias`, [2 * heads], {
    init: { kind: "values", values: [...Array<number>(heads).fill(0), ...forget] },
    decay: false,
  });
  const [inputGate, forgetGate] = split(
    g,
    add(g, linear(g, rows, name, 2 * heads, { bias: false }), bias),
    1,
    2,
  );
  return { inputGate: inputGate!, forgetGate: forgetGate! };
}
