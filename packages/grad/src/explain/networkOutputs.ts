import { encodeGraph } from "../encode/encodeGraph.ts";
import { GradUsageError } from "../errors.ts";
import type { Shape } from "../graph/shape.ts";
import { predictRows } from "../runtime/predictRows.ts";
import { openSession } from "../runtime/session.ts";
import { buildForward } from "../training/buildTrainingGraph.ts";
import type { Network } from "../training/trainingSpec.ts";
import { matchParameters } from "./matchParameters.ts";
import type { NamedParameters } from "./readParameters.ts";

export interface NetworkOutput {
  /** Of one row. */
  shape: Shape;
  /** [rows, ...shape], row-major. */
  values: Float32Array;
}

/**
 * Every output of a network that is built anew with known weights, also those that its exported model does not give,
 * such as attention weights. Dropout is off. Each output's first axis is the rows.
 * @param x [rows, T, F] row-major
 * @throws GradUsageError when a parameter is missing, unknown or of another shape (it is named)
 */
export async function networkOutputs(
  options: {
    network: Network;
    input: { time: number; features: number };
    parameters: NamedParameters;
    threads?: number;
  },
  x: Float32Array,
  rows: number,
): Promise<Record<string, NetworkOutput>> {
  const { threads, input, parameters } = options;
  const { graph, outputs } = buildForward(options, { rows: -1, training: false });
  const shapes = new Map<string, Shape>();
  for (const [name, { shape }] of Object.entries(outputs)) {
    if (shape[0] !== -1) throw new GradUsageError(`output "${name}" has not the rows as its first axis`);
    shapes.set(name, shape.slice(1));
  }
  const { bytes } = encodeGraph(graph, { outputs, parameters: matchParameters(graph, parameters) });
  const session = await openSession(bytes, threads === undefined ? {} : { threads });
  try {
    const values = await predictRows(session, x, rows, input);
    return Object.fromEntries([...shapes].map(([name, shape]) => [name, { shape, values: values[name]! }]));
  } finally {
    await session.close();
  }
}
