import { type NamedParameters, type Network, type NetworkOutput, networkOutputs } from "@orion/grad";
import { UsageError } from "../../core/errors.ts";
import type { Encoder } from "../networks/encoding.ts";
import { TASK_GROUPS } from "../networks/sixHeads.ts";

/** What each layer looked at, for one window. */
export interface WindowAttention {
  /** Self-attention by layer: weights[head][t][s] is the weight of step s for step t; each row sums to 1. */
  readonly blocks: readonly { layer: string; weights: readonly (readonly (readonly number[])[])[] }[];
  /** Pooling over time by layer: the weight of each step in the window's vector; they sum to 1. */
  readonly pooling: readonly { layer: string; weights: readonly number[] }[];
}

export interface AttentionOfOptions {
  /** The encoder that the weights were trained with, its configuration filled in. */
  encoder: Encoder;
  /** As `readParameters` gives them for the exported model; those of the heads are left aside. */
  parameters: NamedParameters;
  /** One window [T, F] row-major, oldest bar first, scaled as in training. */
  window: Float32Array;
  /** F */
  features: number;
  threads?: number;
}

/**
 * Attention weights by block, head and step. They show where the network looked, not why it decided: for that see
 * `explainWindow` (Jain & Wallace 2019, Attention is not Explanation, arXiv 1902.10186).
 * @throws UsageError when the network has no layer that attends
 */
export async function attentionOf(options: AttentionOfOptions): Promise<WindowAttention> {
  const { encoder, window, features, threads } = options;
  const time = window.length / features;
  if (!Number.isInteger(time) || time < 1)
    throw new UsageError(`a window of ${window.length} numbers does not divide into ${features} columns`);
  const network: Network = (g, x) => {
    const encoding = encoder(g, x, { attention: true });
    // A network with a trunk for each group builds it when it is read, and only then knows its attention.
    for (const group of TASK_GROUPS) void encoding[group];
    const { attention = {} } = encoding;
    if (Object.keys(attention).length === 0)
      throw new UsageError("this network has no attention: explain it by integrated gradients");
    return { ...attention };
  };
  const parameters = new Map([...options.parameters].filter(([name]) => name.startsWith("encoder.")));
  const given = { network, input: { time, features }, parameters };
  const outputs = await networkOutputs(threads === undefined ? given : { ...given, threads }, window, 1);
  const layers = Object.entries(outputs);
  return {
    blocks: layers.flatMap(([layer, { shape, values }]) =>
      shape.length === 3 ? [block(layer, shape, values)] : [],
    ),
    pooling: layers.flatMap(([layer, { shape, values }]) =>
      shape.length === 1 ? [{ layer, weights: Array.from(values) }] : [],
    ),
  };
}

/** [H, T, T] as nested lists. */
function block(layer: string, shape: NetworkOutput["shape"], values: Float32Array) {
  const [heads, rows, columns] = shape as [number, number, number];
  const weights = Array.from({ length: heads }, (_, h) =>
    Array.from({ length: rows }, (_, t) => {
      const from = (h * rows + t) * columns;
      return Array.from(values.subarray(from, from + columns));
    }),
  );
  return { layer, weights };
}
