import { GradUsageError } from "../errors.ts";
import type { GraphBuilder } from "../graph/graphBuilder.ts";
import { describeShape, sameShape } from "../graph/shape.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Ops } from "./op.ts";

/**
 * ONNX's LSTM over all steps at once, gates in the order i, o, f, g. x [T, B, I], input weights [1, 4H, I], recurrent
 * weights [1, 4H, H], bias [1, 8H] (those of x, then those of h). Gives all steps [T, 1, B, H] and the last [1, B, H].
 * It has no derivative: `lstm` is unrolled in training.
 */
export function fusedLstm(
  g: GraphBuilder,
  x: Tensor,
  weights: { input: Tensor; recurrent: Tensor; bias: Tensor },
): { steps: Tensor; last: Tensor } {
  const width = weights.recurrent.shape[2]!;
  const [steps, last] = g.apply("Lstm", [x, weights.input, weights.recurrent, weights.bias], { width });
  return { steps: steps!, last: last! };
}

export const recurrence: Ops<"Lstm"> = {
  Lstm: {
    shape: ([x, input, recurrent, bias], { width }) => {
      const [time, rows, features] = x!.shape;
      const wanted: [string, Tensor, number[]][] = [
        ["input weights", input!, [1, 4 * width, features!]],
        ["recurrent weights", recurrent!, [1, 4 * width, width]],
        ["bias", bias!, [1, 8 * width]],
      ];
      for (const [what, tensor, shape] of wanted)
        if (!sameShape(tensor.shape, shape))
          throw new GradUsageError(
            `fusedLstm: the ${what} are ${describeShape(tensor.shape)}, not ${describeShape(shape)}`,
          );
      const { dtype } = x!;
      return [
        { shape: [time!, 1, rows!, width], dtype },
        { shape: [1, rows!, width], dtype },
      ];
    },
    gradient: () => {
      throw new GradUsageError("the fused LSTM has no derivative: it is for exported models only");
    },
    emit: (e, inputs, { width }) =>
      e.node("LSTM", inputs, { attributes: { hidden_size: { kind: "int", value: width } }, outputs: 2 }),
  },
};
