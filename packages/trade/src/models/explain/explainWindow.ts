import { createExplainer, integratedGradients, type NamedParameters, type Network } from "@orion/grad";
import { DataError, UsageError } from "../../core/errors.ts";
import type { ExplainedOutput } from "./explainedOutput.ts";

export interface ExplainWindowOptions {
  /** The function that the weights were trained with, its configuration filled in. */
  network: Network;
  /** As `readParameters` gives them for the exported model. */
  parameters: NamedParameters;
  /** One window [T, F] row-major, oldest bar first, scaled as in training. */
  window: Float32Array;
  /** Names of the F columns. */
  names: readonly string[];
  output: ExplainedOutput;
  /** Quadrature nodes at first, and at most: see `integratedGradients`. */
  steps?: number;
  maxSteps?: number;
  threads?: number;
}

/** Why the network said what it said of one window. All numbers are in units of the explained output. */
export interface WindowExplanation {
  /** The output for the window. */
  value: number;
  /** The output for the baseline: all zeros, every column at its training mean. */
  baselineValue: number;
  /** Whether the attributions add up to value - baselineValue, within 1 %. */
  complete: boolean;
  /** By how much they do not. */
  gap: number;
  /** Points on the path from the baseline to the window at which the derivative was taken. */
  steps: number;
  /** Sums over the steps; the largest by size first. */
  byFeature: readonly { name: string; attribution: number }[];
  /** Sums over the features [T], oldest first. */
  byStep: readonly number[];
  /** [T][F] */
  matrix: readonly (readonly number[])[];
}

/**
 * Integrated gradients of a window (Sundararajan, Taly & Yan 2017): how much each value of each bar moved the output
 * away from what the network says of the baseline. The baseline is zero everywhere: columns are scaled to the mean 0 of
 * the training rows, so it is the average market, in which no bar stands out. A column that was at its training mean
 * is therefore credited nothing.
 * @throws UsageError when window and names do not fit each other; DataError when a value is not finite
 */
export async function explainWindow(options: ExplainWindowOptions): Promise<WindowExplanation> {
  const { window, names, network, parameters, output, steps, maxSteps, threads } = options;
  const features = names.length;
  const time = window.length / features;
  if (features === 0 || !Number.isInteger(time) || time < 1)
    throw new UsageError(`a window of ${window.length} numbers does not divide into ${features} columns`);
  const bad = window.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0)
    throw new DataError(
      `the window has no finite ${names[bad % features]} at its bar ${Math.floor(bad / features) + 1} of ${time}`,
    );

  const input = { time, features };
  const explainer = await createExplainer({
    network,
    input,
    parameters,
    output,
    ...(threads === undefined ? {} : { threads }),
  });
  try {
    const { attribution, ...rest } = await integratedGradients(explainer, window, {
      ...(steps === undefined ? {} : { steps }),
      ...(maxSteps === undefined ? {} : { maxSteps }),
    });
    const matrix = Array.from({ length: time }, (_, t) =>
      Array.from(attribution.subarray(t * features, (t + 1) * features)),
    );
    const byFeature = names.map((name, f) => ({
      name,
      attribution: matrix.reduce((sum, row) => sum + row[f]!, 0),
    }));
    byFeature.sort((a, b) => Math.abs(b.attribution) - Math.abs(a.attribution));
    const byStep = matrix.map((row) => row.reduce((a, b) => a + b, 0));
    return { ...rest, byFeature, byStep, matrix };
  } finally {
    await explainer.close();
  }
}
