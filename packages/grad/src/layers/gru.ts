import type { GraphBuilder } from "../graph/graphBuilder.ts";
import type { Tensor } from "../graph/tensor.ts";
import { add, mul, sigmoid, sub, tanh } from "../ops/elementwise.ts";
import { concat, slice, split } from "../ops/layout.ts";
import { gemm } from "../ops/matrix.ts";
import { checkRecurrent, type Recurrent, type RecurrentOptions, stackRecurrent } from "./lstm.ts";
import { sequenceExtents } from "./timeSteps.ts";

/**
 * Gated recurrent unit (Cho et al. 2014, equations 5 to 8):
 *   r_t = σ(W_r x_t + U_r h_{t-1} + b_r)      z_t = σ(W_z x_t + U_z h_{t-1} + b_z)
 *   h̃_t = tanh(W x_t + U (r_t ⊙ h_{t-1}) + b)      h_t = z_t ⊙ h_{t-1} + (1 - z_t) ⊙ h̃_t      h_0 = 0
 * x [B, T, I] with steps x_t; r, z reset and update gate, h̃ the proposal, h the state, each [B, H].
 * Parameters of layer n: NAME.layerN.gates.weight [2H, I + H] = (W | U), rows r, z; NAME.layerN.proposal.weight
 * [H, I + H]; biases [2H, 1] and [H, 1], zero at first.
 */
export function gru(g: GraphBuilder, x: Tensor, options: RecurrentOptions): Recurrent {
  checkRecurrent("gru", options);
  sequenceExtents(x, "gru", "[batch, time, feature]");
  const { width } = options;
  return stackRecurrent(g, x, options, (steps, name) => {
    const inputs = steps[0]!.shape[0]!;
    const product = (part: string, rows: number) => {
      const weight = g.parameter(`${name}.${part}.weight`, [rows, inputs + width], {
        init: { kind: "glorot", fanIn: inputs + width, fanOut: width },
        decay: true,
      });
      const bias = g.parameter(`${name}.${part}.bias`, [rows, 1], { init: { kind: "zeros" }, decay: false });
      return (step: Tensor, state?: Tensor) =>
        state
          ? gemm(g, weight, concat(g, [step, state], 0), { bias })
          : gemm(g, slice(g, weight, 1, 0, inputs), step, { bias });
    };
    const gates = product("gates", 2 * width);
    const proposal = product("proposal", width);
    let h: Tensor | undefined;
    return steps.map((step) => {
      const [r, z] = split(g, sigmoid(g, gates(step, h)), 0, 2);
      const proposed = tanh(g, h ? proposal(step, mul(g, r!, h)) : proposal(step));
      h = h ? add(g, proposed, mul(g, z!, sub(g, h, proposed))) : sub(g, proposed, mul(g, z!, proposed));
      return h;
    });
  });
}
