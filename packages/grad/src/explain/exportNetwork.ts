import { buildForward } from "../training/buildTrainingGraph.ts";
import { type ExportOptions, exportForward } from "../training/exportForward.ts";
import type { Network } from "../training/trainingSpec.ts";
import { matchParameters } from "./matchParameters.ts";
import type { NamedParameters } from "./readParameters.ts";

export interface KnownNetwork {
  network: Network;
  input: { time: number; features: number };
  /** As `readParameters` gives them for the exported model. */
  parameters: NamedParameters;
}

/**
 * Exports a network anew from the weights of its exported model, such as with further outputs.
 * @throws GradUsageError when a parameter is missing, unknown or of another shape (it is named)
 */
export function exportNetwork(
  known: KnownNetwork,
  metadata: Readonly<Record<string, string>>,
  options: ExportOptions = {},
): Uint8Array {
  const { graph } = buildForward(known, { rows: -1, training: false });
  return exportForward(known, matchParameters(graph, known.parameters), metadata, options);
}

/** The further outputs that a network's layers offer, of one window each, by name. */
export function offeredOutputs(
  known: Pick<KnownNetwork, "network" | "input">,
): { name: string; shape: readonly number[] }[] {
  const { graph } = buildForward(known, { rows: -1, training: false });
  return [...graph.extras].map(([name, { shape }]) => ({ name, shape: shape.slice(1) }));
}
