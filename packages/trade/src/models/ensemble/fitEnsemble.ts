import type { Dataset, FitContext } from "../model.ts";
import type { SignalNetFit, SignalNetOptions } from "../signalNet/fitSignalNet.ts";
import type { EnsembleConfig } from "./ensembleConfig.ts";
import { fitSeedEnsemble } from "./fitSeedEnsemble.ts";
import { fitSnapshotEnsemble } from "./fitSnapshotEnsemble.ts";

/** Trains the ensemble that a recipe asks for: several networks, exported as one. */
export function fitEnsemble(
  { kind, members }: EnsembleConfig,
  options: SignalNetOptions,
  data: Dataset,
  context: FitContext,
): Promise<SignalNetFit> {
  const fit = kind === "seeds" ? fitSeedEnsemble : fitSnapshotEnsemble;
  return fit(members, options, data, context);
}
