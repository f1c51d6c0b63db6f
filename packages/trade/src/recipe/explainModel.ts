import { UsageError } from "../core/errors.ts";
import type { OnProgress } from "../core/progress.ts";
import { isoTime } from "../core/time.ts";
import { networkInputs } from "../features/index.ts";
import { SIGNALS, type Signal } from "../labels/labeler.ts";
import { checkSymbol } from "../market/index.ts";
import {
  attentionLayers,
  attentionOf,
  type ExplainedOutput,
  explainWindow,
  plainOutput,
  returnOutput,
  signalMargin,
} from "../models/index.ts";
import { featureMatrix, gatherWindows } from "../models/sequence/featureMatrix.ts";
import { readManifest, type Workspace } from "../store/index.ts";
import type { SixHeadsForecast } from "../wire/sixHeadsPrediction.ts";
import { workspaceOf } from "./dataUse.ts";
import { lastWindow } from "./lastWindow.ts";
import { hasSixHeads, type ModelManifest, type MultiTaskModelManifest } from "./modelManifest.ts";
import { modelNetwork } from "./modelNetwork.ts";
import { newestModel, readModel } from "./modelShelf.ts";
import type { PipelineContext } from "./pipelineContext.ts";
import { predictLatest } from "./predictLatest.ts";
import { predictSixHeads } from "./predictSixHeads.ts";
import { explainScanner, type ScannerExplanation } from "./scanner/explainScanner.ts";
import { isScannerManifest } from "./scanner/scannerModel.ts";
import { sixHeadsWindows } from "./sixHeadsWindow.ts";
import { sixHorizons } from "./sixOutcomes.ts";

export interface ExplainQuery {
  model?: string | undefined;
  symbol?: string | undefined;
  at?: string | undefined;
  /** of six heads: direction (unless said), position, return4 (a horizon of the model), volatility, confidence, risk */
  head?: string | undefined;
  /** of a head of classes the log-odds of one (the one given unless said); of a signal model also the expected return */
  output?: Signal | "return" | undefined;
}

/** Where a model looked; each list of weights adds up to 1 and begins with the oldest bar of the window. */
export interface ExplainedAttention {
  /** by layer and head the weights of the predicted bar's own step: axes say `head`, `step` */
  readonly layers: readonly {
    layer: string;
    axes: readonly ["head", "step"];
    lastStep: readonly (readonly number[])[];
  }[];
  /** by layer that pools over time the weight of each step in the window's vector */
  readonly pooling: readonly { layer: string; axes: readonly ["step"]; weights: readonly number[] }[];
}

/** Why the model said what it said of a bar. */
export interface Explanation {
  readonly model: string;
  readonly symbol: string;
  readonly bar_time: string;
  /** the signal that was given, or of six heads the direction that was said */
  readonly signal: Signal;
  /** of six heads, the one that is explained; else null */
  readonly head: string | null;
  /** `BUY log-odds`, `return`, `volatility` … */
  readonly output: string;
  /** of this window, and of the average market (every column at its training mean, or at the centre that its scaler takes) */
  readonly value: number;
  readonly baseline: number;
  /** the attributions add up to value - baseline within 1 % */
  readonly complete: boolean;
  readonly gap: number;
  /** largest first; in units of the output */
  readonly byFeature: readonly { name: string; attribution: number }[];
  /** oldest bar first; `barsAgo` 0 is the predicted bar */
  readonly byStep: readonly { barsAgo: number; attribution: number }[];
  /** null for a network without attention */
  readonly attention: ExplainedAttention | null;
}

/** A bar's window and what of the model's outputs is explained. */
interface Question {
  readonly told: Pick<Explanation, "symbol" | "bar_time" | "signal" | "head" | "output">;
  readonly columns: readonly Float32Array[];
  readonly row: number;
  readonly output: ExplainedOutput;
}

export interface ExplainStoredQuery extends ExplainQuery {
  /** of a model that scans: permutation importance on its test rows, and partial dependence on a column */
  global?: boolean | undefined;
  column?: string | undefined;
}

/**
 * Explains a stored model by what it is: a network by `explainModel`, a recipe of stages by `explainScanner`.
 * @throws UsageError for an option of the other kind
 */
export async function explainStored(
  context: PipelineContext,
  query: ExplainStoredQuery = {},
  onProgress?: OnProgress,
): Promise<Explanation | ScannerExplanation> {
  const { model, global, column, head, output } = query;
  const workspace = await workspaceOf(context);
  if (model !== undefined && isScannerManifest(await readManifest(workspace, model))) {
    if (head !== undefined)
      throw new UsageError(`head '${head}': model ${model} scans and has no heads: leave it out`);
    if (output === "return")
      throw new UsageError(`output 'return': model ${model} tells classes: choose BUY, HOLD or SELL`);
    const { symbol, at } = query;
    return explainScanner(context, { model, symbol, at, output, global, column }, onProgress);
  }
  if (global || column !== undefined)
    throw new UsageError(
      "--global and --column are of a model of a recipe of stages: name one with --model, see ./orion models list",
    );
  return explainModel(context, query);
}

/**
 * Integrated gradients of the last closed bar's window (see `explainWindow`): which columns and which bars moved the
 * output away from what the network says of the average market; beside them what its attention looked at.
 * @throws UsageError for a head or an output that the model has not
 */
export async function explainModel(context: PipelineContext, query: ExplainQuery = {}): Promise<Explanation> {
  const workspace = await workspaceOf(context);
  const { manifest, onnx } = await readModel(workspace, query.model ?? (await newestModel(workspace)).id);
  const asked = hasSixHeads(manifest)
    ? await sixHeadsQuestion(context, workspace, manifest, query)
    : await signalQuestion(context, workspace, manifest, query);
  const { network: config, scaler } = manifest.net;
  const matrix = featureMatrix(networkInputs(asked.columns, manifest.net));
  const window = new Float32Array(config.window * matrix.features);
  gatherWindows(matrix, config.window, Int32Array.of(asked.row), window);
  const known = modelNetwork(manifest, onnx);
  const found = await explainWindow({ ...known, window, names: scaler.names, output: asked.output });
  return {
    model: manifest.id,
    ...asked.told,
    value: found.value,
    baseline: found.baselineValue,
    complete: found.complete,
    gap: found.gap,
    byFeature: found.byFeature,
    byStep: found.byStep.map((attribution, i) => ({ barsAgo: config.window - 1 - i, attribution })),
    attention: attentionLayers(known).length === 0 ? null : toldOf(await attentionOf({ ...known, window })),
  };
}

function toldOf({ blocks, pooling }: Awaited<ReturnType<typeof attentionOf>>): ExplainedAttention {
  return {
    layers: blocks.map(({ layer, weights }) => ({
      layer,
      axes: ["head", "step"],
      lastStep: weights.map((head) => head.at(-1)!),
    })),
    pooling: pooling.map(({ layer, weights }) => ({ layer, axes: ["step"], weights })),
  };
}

async function signalQuestion(
  context: PipelineContext,
  workspace: Workspace,
  manifest: ModelManifest,
  { symbol, at, head, output }: ExplainQuery,
): Promise<Question> {
  if (head !== undefined)
    throw new UsageError(
      `head '${head}': model ${manifest.id} gives a signal and has no six heads: leave it out, choose by --output`,
    );
  const prediction = await predictLatest(context, { model: manifest.id, symbol, at });
  const { bars, features, row } = await lastWindow(workspace, manifest.recipe, { symbol, at });
  const asked = output ?? prediction.signal;
  return {
    told: {
      symbol: prediction.symbol,
      bar_time: isoTime(bars.closeTime[row]!),
      signal: SIGNALS.find((s) => s === prediction.signal)!,
      head: null,
      output: asked === "return" ? "return" : `${asked} log-odds`,
    },
    columns: features.columns,
    row,
    output: asked === "return" ? returnOutput : signalMargin(asked, manifest.net.classWeights),
  };
}

async function sixHeadsQuestion(
  context: PipelineContext,
  workspace: Workspace,
  manifest: MultiTaskModelManifest,
  { symbol, at, head = "direction", output }: ExplainQuery,
): Promise<Question> {
  if (symbol === undefined)
    throw new UsageError(
      `model ${manifest.id} forecasts ${manifest.data.symbols.length} symbols: name the one to explain with --symbol`,
    );
  const name = checkSymbol(symbol);
  const { forecasts } = await predictSixHeads(context, { model: manifest.id, symbol: name, at });
  const explained = headOf(manifest, forecasts[0]!, head, output);
  const { columns, row } = await (await sixHeadsWindows(workspace, manifest.recipe, at))(name);
  return {
    told: {
      symbol: name,
      bar_time: forecasts[0]!.bar_time,
      signal: forecasts[0]!.direction.said,
      head,
      output: explained.name,
    },
    columns,
    row,
    output: explained.output,
  };
}

function headOf(
  manifest: MultiTaskModelManifest,
  forecast: SixHeadsForecast,
  head: string,
  output: ExplainQuery["output"],
): { name: string; output: ExplainedOutput } {
  const { returns } = sixHorizons(manifest.recipe);
  const { scaling, confidence } = manifest.net;
  if (head === "direction" || head === "position") {
    if (output === "return")
      throw new UsageError(
        `output 'return' is none of the head '${head}': choose --head return${returns[0]}`,
      );
    const signal = output ?? forecast[head].said;
    return {
      name: `${signal} log-odds`,
      output: signalMargin(signal, scaling[`${head}Weights`], `${head}Logits`),
    };
  }
  if (output !== undefined)
    throw new UsageError(`output '${output}': the head '${head}' has one number: leave --output out`);
  const horizon = returns.findIndex((bars) => head === `return${bars}`);
  if (horizon >= 0) return { name: head, output: plainOutput("returns", horizon) };
  const isPlain = head === "volatility" || head === "risk" || (head === "confidence" && confidence !== null);
  if (isPlain) return { name: head, output: plainOutput(head) };
  const known = [
    "direction",
    "position",
    ...returns.map((bars) => `return${bars}`),
    "volatility",
    ...(confidence === null ? [] : ["confidence"]),
    "risk",
  ];
  throw new UsageError(`head '${head}' is none of model ${manifest.id}: choose one of ${known.join(", ")}`);
}
