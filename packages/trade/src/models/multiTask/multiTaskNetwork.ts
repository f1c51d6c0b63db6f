import { type Network, softmax } from "@orion/grad";
import { encoderOf, type NetworkConfig, sixHeads } from "../networks/index.ts";
import type { TargetScaling } from "./multiTaskTargets.ts";

/** Outputs besides those of `sixHeads`: probabilities of the classes under the loss's weights, each [B, 3]. */
export const PROBABILITIES = {
  direction: "directionProbabilities",
  position: "positionProbabilities",
} as const;
/** What the confidence head reads, [B, D]; told only while that head is being fitted. */
export const ENCODED = "encoded";

/** The encoder of the configuration with six heads. @param tellEncoded read whenever a graph is built */
export function multiTaskNetwork(
  network: NetworkConfig,
  scaling: Pick<TargetScaling, "returnScales" | "volatilityScale">,
  tellEncoded: () => boolean = () => false,
): Network {
  const encode = encoderOf(network);
  return (g, x) => {
    const encoding = encode(g, x);
    const heads = sixHeads(g, encoding, {
      horizons: scaling.returnScales.length,
      returnScales: scaling.returnScales,
      volatilityScale: scaling.volatilityScale,
    });
    return {
      ...heads,
      [PROBABILITIES.direction]: softmax(g, heads.directionLogits),
      [PROBABILITIES.position]: softmax(g, heads.positionLogits),
      ...(tellEncoded() ? { [ENCODED]: encoding.direction } : {}),
    };
  };
}
