import { exportNetwork, type KnownNetwork, loadPredictor, offeredOutputs } from "@orion/grad";
import { UsageError } from "../../core/errors.ts";

/** One layer of a network that weighs the steps of its window. */
export interface AttentionLayer {
  /** the layer's name, such as `encoder.block0.attention` */
  readonly layer: string;
  /** the exported model's output that gives its weights */
  readonly output: string;
  /** attention: every step looks at every step; pooling: the window's vector is a mean of its steps */
  readonly kind: "attention" | "pooling";
  /** 1 for pooling */
  readonly heads: number;
  /** of the output: the steps that are looked at come last, and along them the weights add up to 1 */
  readonly axes: readonly string[];
}

/** What each layer looked at, for one window. */
export interface WindowAttention {
  /** By layer: weights[head][t][s] is the weight of step s for step t; each row sums to 1. */
  readonly blocks: readonly { layer: string; weights: readonly (readonly (readonly number[])[])[] }[];
  /** Pooling over time by layer: the weight of each step in the window's vector; they sum to 1. */
  readonly pooling: readonly { layer: string; weights: readonly number[] }[];
}

export interface AttentionOfOptions extends KnownNetwork {
  /** One window [T, F] row-major, oldest bar first, scaled as in training. */
  window: Float32Array;
  threads?: number;
}

const WEIGHTS = ".weights";

/** The layers of a network that attend, in the order in which they compute; none for a network without attention. */
export function attentionLayers(known: Pick<KnownNetwork, "network" | "input">): AttentionLayer[] {
  return offeredOutputs(known)
    .filter(({ name }) => name.endsWith(WEIGHTS))
    .map(({ name, shape }) => {
      const isPooling = shape.length === 1;
      return {
        layer: name.slice(0, -WEIGHTS.length),
        output: name,
        kind: isPooling ? ("pooling" as const) : ("attention" as const),
        heads: isPooling ? 1 : shape[0]!,
        axes: isPooling ? ["window", "step"] : ["window", "head", "step", "step looked at"],
      };
    });
}

/**
 * The exported model with the weights of every layer that attends as further outputs, LAYER.weights: [B, H, T, T] of
 * attention, [B, T] of pooling. Its metadata tell them under `attention`, as JSON (`AttentionLayer`).
 * @throws UsageError when the network has no layer that attends
 */
export function exportAttention(known: KnownNetwork, metadata: Readonly<Record<string, string>>): Uint8Array {
  const layers = attentionLayers(known);
  if (layers.length === 0)
    throw new UsageError("this network has no attention: explain it by integrated gradients");
  const told = { ...metadata, attention: JSON.stringify(layers) };
  return exportNetwork(known, told, { extras: layers.map((l) => l.output) });
}

/**
 * Attention weights by layer, head and step. They show where the network looked, not why it decided: for that see
 * `explainWindow` (Jain & Wallace 2019, Attention is not Explanation, arXiv 1902.10186).
 * @throws UsageError when the network has no layer that attends, or the window does not fit
 */
export async function attentionOf(options: AttentionOfOptions): Promise<WindowAttention> {
  const { window, threads, input } = options;
  if (window.length !== input.time * input.features)
    throw new UsageError(
      `a window of ${window.length} numbers is not one of ${input.time} steps of ${input.features} columns`,
    );
  const layers = attentionLayers(options);
  const predictor = await loadPredictor(
    exportAttention(options, {}),
    threads === undefined ? {} : { threads },
  );
  try {
    const outputs = await predictor.predict(window, 1);
    const of = (kind: AttentionLayer["kind"]) => layers.filter((l) => l.kind === kind);
    return {
      blocks: of("attention").map(({ layer, output, heads }) => ({
        layer,
        weights: nested(outputs[output]!, heads, input.time),
      })),
      pooling: of("pooling").map(({ layer, output }) => ({ layer, weights: Array.from(outputs[output]!) })),
    };
  } finally {
    await predictor.close();
  }
}

/** [H, T, T] as nested lists. */
function nested(values: Float32Array, heads: number, time: number): number[][][] {
  return Array.from({ length: heads }, (_, h) =>
    Array.from({ length: time }, (_, t) => {
      const from = (h * time + t) * time;
      return Array.from(values.subarray(from, from + time));
    }),
  );
}
