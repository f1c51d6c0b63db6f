import type { NamedParameters, TrainingSpec } from "@orion/grad";
import type { ScalingConfig, Selection, SelectionConfig } from "../../features/index.ts";
import type { FitContext } from "../model.ts";
import type { NetworkConfig } from "../networks/index.ts";

/** What a fit of a network is told beside its data, whatever heads the network has. */
export interface NetworkFitOptions<Training> {
  network: NetworkConfig;
  training: Training;
  scaling: ScalingConfig;
  /** which columns the network reads: chosen on the training rows, or as a model chose them; all unless given */
  selection?: SelectionConfig | Selection | undefined;
  /** written into the exported graph */
  metadata: Record<string, string>;
  /** first weights, of a network that was trained before; drawn by the seed unless given */
  initial?: NamedParameters;
  /** train the heads alone: the encoder keeps its first weights */
  freezeEncoder?: boolean;
}

/** Keys of a training that the engine takes as they are. */
interface StepTraining {
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly clipNorm: number;
  readonly batch: number;
  readonly accumulate?: number | undefined;
  readonly averageDecay?: number | undefined;
}

/** How a network is stepped, in the engine's terms: optimizer, batch, first weights, seed, threads and device. */
export function stepsOf(
  { training, initial }: Pick<NetworkFitOptions<StepTraining>, "training" | "initial">,
  { seed, threads, device }: Pick<FitContext, "seed" | "threads" | "device">,
): Omit<TrainingSpec, "network" | "input" | "targets" | "loss" | "freeze" | "profilePrefix"> {
  const { learningRate, weightDecay, clipNorm, batch, accumulate, averageDecay } = training;
  return {
    optimizer: { learningRate, weightDecay },
    clipNorm,
    batch,
    ...(accumulate === undefined ? {} : { accumulate }),
    ...(averageDecay === undefined ? {} : { averageDecay }),
    ...(initial ? { initial } : {}),
    seed,
    ...(threads === undefined ? {} : { threads }),
    ...(device === undefined ? {} : { device }),
  };
}
