import type { Dataset, FitContext } from "../model.ts";
import type { SignalNetFit, SignalNetOptions } from "../signalNet/fitSignalNet.ts";
import type { EnsembleConfig } from "./ensembleConfig.ts";
import { fitSeedEnsemble } from "./fitSeedEnsemble.ts";
import { fitSnapshotEnsemble } from "./fitSnapshotEnsemble.ts";

/** Trains the ensemble that a recipe asks for: several networks, exported as one. */
export function fitEnsemble(
  config: EnsembleConfig,
  options: SignalNetOptions,
  data: Dataset,
  context: FitContext,
): Promise<SignalNetFit> {
  const { members } = config;
  if (config.kind === "snapshots") return fitSnapshotEnsemble(members, options, data, context);
  const { bag } = config;
  return fitSeedEnsemble(members, bag ? { ...options, bag } : options, data, context);
}
