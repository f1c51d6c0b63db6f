import { z } from "zod";
import type { Encoder } from "./encoding.ts";
import { MlpConfig, mlpPart } from "./mlp.ts";
import { transformerSignalPart } from "./transformerSignal.ts";
import { TransformerSignalConfig } from "./transformerSignalConfig.ts";

export * from "./encoding.ts";
export * from "./mlp.ts";
export * from "./signalHeads.ts";
export * from "./sixHeads.ts";
export * from "./transformerSignal.ts";
export * from "./transformerSignalConfig.ts";

/** All networks by the name that recipes use. */
export const networkParts = [transformerSignalPart, mlpPart] as const;

/** The configuration of any of them, told apart by `kind`. */
export const NetworkConfig = z.discriminatedUnion("kind", [TransformerSignalConfig, MlpConfig]);
export type NetworkConfig = z.output<typeof NetworkConfig>;

/** The encoder that a configuration describes. */
export function encoderOf(config: NetworkConfig): Encoder {
  const part = networkParts.find((p) => p.kind === config.kind)!;
  return (part.encoder as (c: NetworkConfig) => Encoder)(config);
}
