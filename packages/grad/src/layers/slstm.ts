import { GradUsageError } from "../errors.ts";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import type { Tensor } from "../graph/tensor.ts";
import {
  add,
  div,
  exp,
  log,
  max,
  min,
  mul,
  neg,
  reciprocal,
  sigmoid,
  sub,
  tanh,
} from "../ops/elementwise.ts";
import { concat, reshape, split } from "../ops/layout.ts";
import { fusedMatMul, gemm } from "../ops/matrix.ts";
import { sequenceExtents, sequenceOf, stepColumns } from "./timeSteps.ts";

export interface SlstmOptions {
  /** Width H of the state; the heads divide it. */
  width: number;
  heads: number;
  name: string;
  /** What the input and forget gates see in place of x, [T, B, J]. */
  gateInput?: Tensor;
}

/**
 * log σ(x) = -log(1 + exp(-x)), by way of no sigmoid, whose small values are exact to 1e-8 only. Below -80, where the
 * exponential would overflow, it is x itself.
 */
export const logSigmoid = (g: GraphBuilder, x: Tensor): Tensor =>
  min(g, x, neg(g, log(g, add(g, exp(g, neg(g, max(g, x, -80))), 1))));

export function checkHeads(what: string, width: number, heads: number): number {
  if (!Number.isInteger(heads) || heads < 1 || !Number.isInteger(width / heads) || width < 1)
    throw new GradUsageError(`${what}: a width of ${width} does not divide into ${heads} heads`);
  return width / heads;
}

/**
 * sLSTM, the LSTM with exponential gating (Beck et al. 2024, arXiv 2405.04517, equations 8 to 17):
 *   ĩ, f̃, z̃, õ = W x_t + R h_{t-1} + b             z_t = tanh(z̃)        o_t = σ(õ)
 *   m_t = max(log f_t + m_{t-1}, ĩ)                 log f_t = log σ(f̃)   (the paper's sigmoid forget gate)
 *   i'_t = exp(ĩ - m_t)                             f'_t = exp(log f_t + m_{t-1} - m_t)
 *   c_t = f'_t ⊙ c_{t-1} + i'_t ⊙ z_t               n_t = f'_t ⊙ n_{t-1} + i'_t
 *   h_t = o_t ⊙ c_t / n_t                           h_0 = c_0 = n_0 = 0, m_0 = -∞
 * i, f, o input, forget and output gate, z the proposal, c cell, n normaliser, m stabiliser, h state, each [B, H].
 * c and n carry the factor exp(-m) alike, so that h does not depend on m, nor does a derivative go through it.
 * R is block-diagonal: a head's state feeds that head's gates only.
 * x and the result [T, B, I] and [T, B, H]. Parameters: NAME.input.weight [4H, I], rows by head, in a head i, f, z, o;
 * with `gateInput` NAME.gates.weight [2H, J] for i, f and NAME.input.weight [2H, I] for z, o instead;
 * NAME.recurrent.weight [heads, 4H/heads, H/heads]; NAME.bias [4H, 1]: that of f rises from 3 to 6 within a head (as in
 * the authors' code), so that units forget at different speeds; else 0.
 */
export function slstm(g: GraphBuilder, x: Tensor, options: SlstmOptions): Tensor {
  const { width, heads, name, gateInput } = options;
  const size = checkHeads("slstm", width, heads);
  sequenceExtents(x, "slstm", "[time, batch, feature]");
  const project = (part: string, of: Tensor, parts: number) => {
    const inputs = of.shape[2]!;
    return g.parameter(`${name}.${part}.weight`, [parts * width, inputs], {
      init: { kind: "glorot", fanIn: inputs, fanOut: width },
      decay: true,
    });
  };
  const weight = project("input", x, gateInput ? 2 : 4);
  const gateWeight = gateInput && project("gates", gateInput, 2);
  const recurrent = g.parameter(`${name}.recurrent.weight`, [heads, 4 * size, size], {
    init: { kind: "glorot", fanIn: size, fanOut: size },
    decay: true,
  });
  const bias = g.parameter(`${name}.bias`, [4 * width, 1], {
    init: { kind: "values", values: forgetBias(heads, size) },
    decay: false,
  });
  const gateSteps = gateInput && stepColumns(g, gateInput, 0);
  const byHead = (a: Tensor) => reshape(g, a, [heads, a.shape[0]! / heads, "rest"]);
  let state: SlstmState | undefined;
  const outputs = stepColumns(g, x, 0).map((step, t) => {
    const own = gemm(g, weight, step);
    const all = gateSteps
      ? concat(g, [byHead(gemm(g, gateWeight!, gateSteps[t]!)), byHead(own)], 1)
      : byHead(own);
    const fed = add(g, all, reshape(g, bias, [heads, 4 * size, 1]));
    state = slstmCell(g, state ? add(g, fed, fusedMatMul(g, recurrent, state.h)) : fed, state);
    return reshape(g, state.h, [width, "rest"]);
  });
  return sequenceOf(g, outputs);
}

function forgetBias(heads: number, size: number): number[] {
  const head = Array.from({ length: 4 * size }, (_, i) =>
    i >= size && i < 2 * size ? 3 + (3 * (i - size)) / Math.max(1, size - 1) : 0,
  );
  return Array.from({ length: heads }, () => head).flat();
}

interface SlstmState {
  h: Tensor;
  c: Tensor;
  n: Tensor;
  m: Tensor;
}

/** One step. a [heads, 4H/heads, B], rows i, f, z, o; states [heads, H/heads, B], undefined before the first step. */
function slstmCell(g: GraphBuilder, a: Tensor, old: SlstmState | undefined): SlstmState {
  let [i, f, forget, z, o, ratio, h, n]: Tensor[] = [];
  const outputs = g.custom(
    old ? [a, old.c, old.n, old.m] : [a],
    () => {
      const [ai, af, az, ao] = split(g, a, 1, 4);
      z = tanh(g, az!);
      o = sigmoid(g, ao!);
      let c: Tensor;
      let m = ai!;
      if (old) {
        // With u = 1 + exp(-f̃): σ(f̃) = 1/u, log σ(f̃) = -log u; where u overflows to infinity nothing is carried on.
        const u = add(g, exp(g, neg(g, af!)), 1);
        forget = reciprocal(g, u);
        const carried = sub(g, old.m, log(g, u));
        m = max(g, carried, ai!);
        i = exp(g, sub(g, ai!, m));
        f = exp(g, sub(g, carried, m));
        c = add(g, mul(g, f, old.c), mul(g, i, z));
        n = add(g, mul(g, f, old.n), i);
      } else {
        i = exp(g, sub(g, ai!, m));
        c = mul(g, i, z);
        n = i;
      }
      ratio = div(g, c, n);
      h = mul(g, o, ratio);
      return [h, c, n, m];
    },
    ([dh, dcLater, dnLater]) => {
      const plus = (x: Tensor | undefined, y: Tensor | undefined) => (x && y ? add(g, x, y) : (x ?? y));
      const closing = (d: Tensor, gate: Tensor) => sub(g, d, mul(g, d, gate));
      const zeros = () => mul(g, i!, 0);
      // h = o⊙c/n: dc gets q = dh⊙o/n, dn gets -q⊙c/n, and dõ = dh⊙h⊙(1 - o).
      const q = dh && div(g, mul(g, dh, o!), n!);
      const dc = plus(dcLater, q) ?? zeros();
      const fromRatio = q && mul(g, q, ratio!);
      const dn = fromRatio ? sub(g, dnLater ?? 0, fromRatio) : (dnLater ?? zeros());
      const v = mul(g, dc, i!);
      const vz = mul(g, v, z!);
      const [kc, kn] = f ? [mul(g, dc, f), mul(g, dn, f)] : [];
      const da = concat(
        g,
        [
          add(g, vz, mul(g, dn, i!)),
          old && kc && kn ? closing(add(g, mul(g, kc, old.c), mul(g, kn, old.n)), forget!) : zeros(),
          sub(g, v, mul(g, vz, z!)),
          dh ? closing(mul(g, dh, h!), o!) : zeros(),
        ],
        1,
      );
      return old ? [da, kc, kn, undefined] : [da];
    },
  );
  return { h: outputs[0]!, c: outputs[1]!, n: outputs[2]!, m: outputs[3]! };
}
