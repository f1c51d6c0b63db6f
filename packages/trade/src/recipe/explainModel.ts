import { isoTime } from "../core/time.ts";
import { applyScaler } from "../features/index.ts";
import { SIGNALS, type Signal } from "../labels/labeler.ts";
import { explainWindow, readParameters, returnOutput, signalMargin } from "../models/index.ts";
import { signalNetwork } from "../models/networks/index.ts";
import { featureMatrix, gatherWindows } from "../models/sequence/featureMatrix.ts";
import { workspaceOf } from "./dataUse.ts";
import { lastWindow } from "./lastWindow.ts";
import { openModel, readGraph } from "./modelShelf.ts";
import type { PipelineContext } from "./pipelineContext.ts";
import { predictLatest } from "./predictLatest.ts";

export interface ExplainQuery {
  model?: string | undefined;
  at?: string | undefined;
  /** what is explained: the log-odds of a signal (the one given unless said), or the expected return */
  output?: Signal | "return" | undefined;
}

/** Why the model said what it said of a bar. */
export interface Explanation {
  readonly model: string;
  readonly bar_time: string;
  readonly signal: Signal;
  /** `BUY log-odds`, or `return` */
  readonly output: string;
  /** of this window, and of the average market (every column at its training mean) */
  readonly value: number;
  readonly baseline: number;
  /** the attributions add up to value - baseline within 1 % */
  readonly complete: boolean;
  readonly gap: number;
  /** largest first; in units of the output */
  readonly byFeature: readonly { name: string; attribution: number }[];
  /** oldest bar first; `barsAgo` 0 is the predicted bar */
  readonly byStep: readonly { barsAgo: number; attribution: number }[];
}

/**
 * Integrated gradients of the last closed bar's window (see `explainWindow`): which columns and which bars moved the
 * output away from what the network says of the average market.
 */
export async function explainModel(context: PipelineContext, query: ExplainQuery = {}): Promise<Explanation> {
  const workspace = await workspaceOf(context);
  const { manifest, net } = await openModel(workspace, query.model);
  await net.close();
  const prediction = await predictLatest(context, { model: manifest.id, at: query.at });
  const { bars, features, row } = await lastWindow(workspace, manifest.recipe, { at: query.at });
  const { network, scaler, returnScale, classWeights } = manifest.net;
  const matrix = featureMatrix(applyScaler(features.columns, scaler));
  const window = new Float32Array(network.window * matrix.features);
  gatherWindows(matrix, network.window, Int32Array.of(row), window);
  const asked = query.output ?? prediction.signal;
  const found = await explainWindow({
    network: signalNetwork(network, returnScale),
    parameters: readParameters(await readGraph(workspace, manifest.id)),
    window,
    names: scaler.names,
    output: asked === "return" ? returnOutput : signalMargin(asked, classWeights),
  });
  return {
    model: manifest.id,
    bar_time: isoTime(bars.closeTime[row]!),
    signal: SIGNALS.find((s) => s === prediction.signal)!,
    output: asked === "return" ? "return" : `${asked} log-odds`,
    value: found.value,
    baseline: found.baselineValue,
    complete: found.complete,
    gap: found.gap,
    byFeature: found.byFeature,
    byStep: found.byStep.map((attribution, i) => ({ barsAgo: network.window - 1 - i, attribution })),
  };
}
