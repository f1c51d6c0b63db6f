import type { Network } from "@orion/grad";
import { z } from "zod";
import { EfficientHybridConfig, efficientHybridPart } from "./efficientHybrid.ts";
import type { Encoder } from "./encoding.ts";
import { HybridConfig, hybridPart } from "./hybrid.ts";
import { MlpConfig, mlpPart } from "./mlp.ts";
import { PatternNetConfig, patternNetPart } from "./patternNet.ts";
import { signalHeads } from "./signalHeads.ts";
import { SimplexLstmConfig, simplexLstmPart } from "./simplexLstm.ts";
import { TaskEnsembleConfig, taskEnsemblePart } from "./taskEnsemble.ts";
import { TimeframeLstmConfig, timeframeLstmPart } from "./timeframeLstm.ts";
import { transformerSignalPart } from "./transformerSignal.ts";
import { TransformerSignalConfig } from "./transformerSignalConfig.ts";

export * from "./efficientHybrid.ts";
export * from "./encoding.ts";
export * from "./hybrid.ts";
export * from "./mlp.ts";
export * from "./patternNet.ts";
export * from "./signalHeads.ts";
export * from "./simplexLstm.ts";
export * from "./sixHeads.ts";
export * from "./taskEnsemble.ts";
export * from "./timeframeLstm.ts";
export * from "./transformerSignal.ts";
export * from "./transformerSignalConfig.ts";

/**
 * All networks by the name that recipes use. Parameters at the usual sizes with their usual heads: six heads over 40
 * columns, but for transformerSignal (signal heads, 38 columns) and timeframeLstm (next close, 40 columns).
 *
 * | kind | parameters | what it is for |
 * | --- | --- | --- |
 * | hybrid | 27.2M | the hybrid design in full: xLSTM 3 x 512 beside a Transformer 3 x 256, attention fusion; many symbols, a machine that has time |
 * | taskEnsemble | 7.9M | a network for each group of tasks: what each one learned is told apart |
 * | efficientHybrid | 6.0M | the hybrid recipe's default: both views, nothing step by step |
 * | transformerSignal | 4.1M | OrionQuant: BUY, HOLD, SELL and the return from 128 five-minute bars |
 * | simplexLstm | 3.1M | the simplest recurrent one: two layers of xLSTM and pooling |
 * | mlp | 0.75M | no notion of time: a base model of ensembles, and the measure for what the others add |
 * | timeframeLstm | 0.22M | the scanner's next close, one network for each of six timeframes |
 * | patternNet | 0.23M | chart patterns for the futures recipe's second layer: dilated convolutions |
 */
export const networkParts = [
  transformerSignalPart,
  hybridPart,
  simplexLstmPart,
  efficientHybridPart,
  taskEnsemblePart,
  timeframeLstmPart,
  mlpPart,
  patternNetPart,
] as const;

/** The configuration of any of them, told apart by `kind`. */
export const NetworkConfig = z.discriminatedUnion("kind", [
  TransformerSignalConfig,
  HybridConfig,
  SimplexLstmConfig,
  EfficientHybridConfig,
  TaskEnsembleConfig,
  TimeframeLstmConfig,
  MlpConfig,
  PatternNetConfig,
]);
export type NetworkConfig = z.output<typeof NetworkConfig>;

/** A configuration's encoder with `signalHeads`; returnScale as there. */
export function signalNetwork(config: NetworkConfig, returnScale: number): Network {
  const encode = encoderOf(config);
  return (g, x) => signalHeads(g, encode(g, x), { returnScale });
}

/** The encoder that a configuration describes. */
export function encoderOf(config: NetworkConfig): Encoder {
  const part = networkParts.find((p) => p.kind === config.kind)!;
  return (part.encoder as (c: NetworkConfig) => Encoder)(config);
}
