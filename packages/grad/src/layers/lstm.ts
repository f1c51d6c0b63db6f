import { GradUsageError } from "../errors.ts";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add, mul, sigmoid, sub, tanh } from "../ops/elementwise.ts";
import { concat, expand, pad, reshape, slice, split, transpose } from "../ops/layout.ts";
import { gemm } from "../ops/matrix.ts";
import { fusedLstm } from "../ops/recurrence.ts";
import { dropout } from "./dropout.ts";
import { sequenceExtents, sequenceOf, stepColumns, timeFirst } from "./timeSteps.ts";

export interface RecurrentOptions {
  /** Width H of the state. */
  width: number;
  name: string;
  /** Layers on top of each other, 1 unless said. */
  layers?: number;
  /** Rate between two layers. */
  dropout?: number;
}
export interface Recurrent {
  /** Every step's state of the last layer, time first [T, B, H]. */
  steps: Tensor;
  /** The last step's [B, H]. */
  last: Tensor;
}

export function checkRecurrent(what: string, { width, layers = 1 }: RecurrentOptions): void {
  for (const [name, value] of Object.entries({ width, layers }))
    if (!Number.isInteger(value) || value < 1)
      throw new GradUsageError(`${what}: ${name} has to be a whole number of 1 or more, not ${value}`);
}

/**
 * One layer after the other over the same steps. A layer takes and gives matrices [features, B], one a step.
 * x [B, T, I].
 */
export function stackRecurrent(
  g: GraphBuilder,
  x: Tensor,
  options: RecurrentOptions,
  layer: (steps: readonly Tensor[], name: string) => readonly Tensor[],
): Recurrent {
  let steps: readonly Tensor[] = stepColumns(g, x, 1);
  for (let i = 0; i < (options.layers ?? 1); i++) {
    const inputs = i === 0 ? steps : steps.map((h) => dropout(g, h, options.dropout ?? 0));
    steps = layer(inputs, `${options.name}.layer${i}`);
  }
  return { steps: sequenceOf(g, steps), last: transpose(g, steps.at(-1)!, [1, 0]) };
}

/**
 * Long short-term memory (Hochreiter & Schmidhuber 1997) with the forget gate of Gers, Schmidhuber & Cummins 2000:
 *   i_t = σ(W_i x_t + R_i h_{t-1} + b_i)      o_t = σ(W_o x_t + R_o h_{t-1} + b_o)
 *   f_t = σ(W_f x_t + R_f h_{t-1} + b_f)      g_t = tanh(W_g x_t + R_g h_{t-1} + b_g)
 *   c_t = f_t ⊙ c_{t-1} + i_t ⊙ g_t           h_t = o_t ⊙ tanh(c_t)           h_0 = c_0 = 0
 * x [B, T, I] with steps x_t; i, o, f input, output and forget gate, g the proposal, c cell, h state, each [B, H].
 * Parameters of layer n: NAME.layerN.weight [4H, I + H] = (W | R), rows i, o, f, g; NAME.layerN.bias [4H, 1], 1 for f
 * at first, so that the cell remembers until it learns to forget (Jozefowicz et al. 2015), else 0.
 * Unrolled for training: a step is one product with (W | R), its derivative by the weights is taken over the columns of
 * many steps at a time. Taking the inputs' share W x_t of all steps out as one product before the recurrence is no
 * faster here: with the weights on the left a step's product runs at the machine's peak, and the big result would
 * have to be written, cut up and read again. Where nothing is differentiated it is ONNX's own LSTM node.
 */
export function lstm(g: GraphBuilder, x: Tensor, options: RecurrentOptions): Recurrent {
  checkRecurrent("lstm", options);
  sequenceExtents(x, "lstm", "[batch, time, feature]");
  if (g.fused) return fused(g, x, options);
  return stackRecurrent(g, x, options, (steps, name) => lstmLayer(g, steps, name, options.width));
}

/** The same numbers by ONNX's own node, from the same parameters. */
function fused(g: GraphBuilder, x: Tensor, { width, name, layers = 1 }: RecurrentOptions): Recurrent {
  let steps = timeFirst(g, x);
  let last!: Tensor;
  for (let layer = 0; layer < layers; layer++) {
    const inputs = steps.shape[2]!;
    const { weight, bias } = lstmParameters(g, `${name}.layer${layer}`, inputs, width);
    const part = (from: number, to: number) =>
      reshape(g, slice(g, weight, 1, from, to), [1, 4 * width, to - from]);
    const result = fusedLstm(g, steps, {
      input: part(0, inputs),
      recurrent: part(inputs, inputs + width),
      bias: pad(g, reshape(g, bias, [1, 4 * width]), 1, 0, 4 * width),
    });
    steps = reshape(g, result.steps, [steps.shape[0]!, "rest", width]);
    last = reshape(g, result.last, ["rest", width]);
  }
  return { steps, last };
}

function lstmLayer(g: GraphBuilder, steps: readonly Tensor[], name: string, width: number): Tensor[] {
  const inputs = steps[0]!.shape[0]!;
  const { weight, bias } = lstmParameters(g, name, inputs, width);
  const rows = steps[0]!.shape[1]!;
  // Of a known number of windows the bias is one more column of the weight, on a row of ones: an addition less a step.
  const ones = rows > 0 ? g.constant(new Float64Array(rows).fill(1), [1, rows]) : undefined;
  const columns = ones ? concat(g, [weight, bias], 1) : weight;
  let h: Tensor | undefined;
  let c: Tensor | undefined;
  return steps.map((x) => {
    let a: Tensor;
    if (!h) a = gemm(g, slice(g, weight, 1, 0, inputs), x, { bias });
    else if (ones) a = gemm(g, columns, concat(g, [x, h, ones], 0));
    else a = gemm(g, columns, concat(g, [x, h], 0), { bias });
    [h, c] = lstmCell(g, a, c);
    return h;
  });
}

function lstmParameters(g: GraphBuilder, name: string, inputs: number, width: number) {
  const forget = Array.from({ length: 4 * width }, (_, i) => (i >= 2 * width && i < 3 * width ? 1 : 0));
  return {
    weight: g.parameter(`${name}.weight`, [4 * width, inputs + width], {
      init: { kind: "glorot", fanIn: inputs + width, fanOut: width },
      decay: true,
    }),
    bias: g.parameter(`${name}.bias`, [4 * width, 1], {
      init: { kind: "values", values: forget },
      decay: false,
    }),
  };
}

/**
 * The gates and states of one step. The derivative reads the gates, both cell states and tanh(c_t) only: what else the
 * forward pass made is made again, for reading it back from memory takes longer than the product that it is.
 * a [4H, B], rows i, o, f, g; c [H, B], undefined in the first step. Gives (h, c).
 */
function lstmCell(g: GraphBuilder, a: Tensor, c: Tensor | undefined): [Tensor, Tensor] {
  let [i, o, f, proposal, tanhC]: Tensor[] = [];
  const outputs = g.custom(
    c ? [a, c] : [a],
    () => {
      const [ai, ao, af, ag] = split(g, a, 0, 4);
      i = sigmoid(g, ai!);
      o = sigmoid(g, ao!);
      f = sigmoid(g, af!);
      proposal = tanh(g, ag!);
      const written = mul(g, i, proposal);
      const state = c ? add(g, mul(g, f, c), written) : written;
      tanhC = tanh(g, state);
      return [mul(g, o, tanhC), state];
    },
    ([dh, dState]) => {
      // With u = dh⊙o and t = u⊙tanh(c): dc gets u⊙(1 - tanh²(c)) = u - t⊙tanh(c), and da_o = t⊙(1 - o).
      const u = dh && mul(g, dh, o!);
      const t = u && mul(g, u, tanhC!);
      const through = u && t && sub(g, u, mul(g, t, tanhC!));
      const dc = through && dState ? add(g, through, dState) : (through ?? dState)!;
      const closing = (d: Tensor, gate: Tensor) => sub(g, d, mul(g, d, gate));
      const zeros = () => expand(g, g.constant(0), dc.shape);
      const byProposal = mul(g, dc, i!);
      const written = mul(g, byProposal, proposal!);
      const dPrevious = c && mul(g, dc, f!);
      const da = concat(
        g,
        [
          closing(written, i!),
          t ? closing(t, o!) : zeros(),
          c && dPrevious ? closing(mul(g, dPrevious, c), f!) : zeros(),
          sub(g, byProposal, mul(g, written, proposal!)),
        ],
        0,
      );
      return [da, dPrevious];
    },
  );
  return [outputs[0]!, outputs[1]!];
}
