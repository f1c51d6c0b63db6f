import { encodeGraph } from "../encode/encodeGraph.ts";
import { GradUsageError } from "../errors.ts";
import { buildForward } from "./buildTrainingGraph.ts";
import type { TrainingSpec } from "./trainingSpec.ts";

export interface ExportOptions {
  /**
   * Further outputs that the layers offer, such as attention weights: "all", or by name (`Graph.extra`; an attention
   * layer NAME offers NAME.weights). None unless said.
   */
  extras?: "all" | readonly string[];
  /**
   * ONNX's LSTM in place of unrolled steps, true unless said: equal within 1e-5, several times as fast, and a file of
   * few nodes that loads at once.
   */
  fused?: boolean;
}

/** The forward graph with its weights, any number of rows, as one ONNX file. */
export function exportForward(
  spec: Pick<TrainingSpec, "network" | "input">,
  weights: ReadonlyMap<string, Float32Array>,
  metadata: Readonly<Record<string, string>>,
  { extras = [], fused = true }: ExportOptions = {},
): Uint8Array {
  const { graph, outputs } = buildForward(spec, { rows: -1, training: false, fused });
  const offered = graph.extras;
  for (const name of extras === "all" ? [] : extras)
    if (!offered.has(name))
      throw new GradUsageError(
        `extras: the network offers no "${name}"; it offers ${[...offered.keys()].join(", ") || "none"}`,
      );
  for (const name of offered.keys())
    if (outputs[name]) throw new GradUsageError(`an extra output has the name of the output "${name}"`);
  const chosen = [...offered].filter(([name]) => extras === "all" || extras.includes(name));
  return encodeGraph(graph, {
    outputs: { ...outputs, ...Object.fromEntries(chosen) },
    parameters: weights,
    metadata,
  }).bytes;
}
