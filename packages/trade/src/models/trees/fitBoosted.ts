import {
  ensembleToOnnx,
  forestShares,
  lightgbmEnsemble,
  type Trainer,
  trainInThread,
  xgboostEnsemble,
} from "@orion/trees";
import { UsageError } from "../../core/errors.ts";
import { checkFit } from "../tabular/checkTabular.ts";
import { openTabular } from "../tabular/openTabular.ts";
import type { FittedTabular, TabularContext, TabularData } from "../tabular/tabularModel.ts";
import { encodeMlGraph } from "./encodeMlGraph.ts";
import { withLibraryErrors } from "./libraryErrors.ts";
import { nativeMetadata } from "./nativeModel.ts";
import type { CommonTreeConfig } from "./optionsSchema.ts";
import { PLACES_KEY, treeContributions } from "./treeContributions.ts";
import { treeManifest } from "./treeManifest.ts";
import { treeSets } from "./treeSets.ts";

export interface BoostedSpec {
  kind: string;
  trainer: Trainer;
  /** options of the library, without those of the run */
  options: Readonly<Record<string, unknown>>;
  /** rounds without improvement where the recipe says nothing and there are validation rows; 0 where the kind cannot stop early */
  patience: number;
  /** probabilities are the leaves' mean class shares, not the library's link; see `forestShares` */
  shares?: boolean;
}

/**
 * Trees by XGBoost or LightGBM, trained on a thread of their own, as one ONNX file: missing values take the direction that
 * training learnt for them. With validation rows training stops early and keeps the best round.
 *
 * @throws UsageError where the library is missing (with the command that installs it) or an option does not fit, DataError
 * on rows nothing can be learnt from or with the library's own message
 */
export async function fitBoosted(
  { kind, trainer, options, patience, shares = false }: BoostedSpec,
  { monotone, classWeights, earlyStoppingRounds }: CommonTreeConfig,
  train: TabularData,
  validation: TabularData | undefined,
  context: TabularContext,
): Promise<FittedTabular> {
  checkFit({ kind, learns: ["classes", "values"] }, train, validation);
  if (earlyStoppingRounds !== undefined && earlyStoppingRounds > 0 && !validation)
    throw new UsageError(
      `model '${kind}': earlyStoppingRounds needs validation rows: leave it out or split some off`,
    );
  const { sets, present } = treeSets(kind, train, validation);
  const all = {
    ...options,
    seed: context.seed % 2 ** 31,
    threads: context.threads ?? 1,
    monotone: directions(kind, monotone, train.table.names),
    earlyStoppingRounds: earlyStoppingRounds ?? (validation ? patience : 0),
  };
  const model = await withLibraryErrors(kind, () =>
    trainInThread(
      trainer,
      all,
      { ...sets, ...presentWeights(kind, classWeights, train, present?.places) },
      {
        ...(context.signal ? { signal: context.signal } : {}),
        onRound: ({ round, rounds, validation: measure }) =>
          context.onUpdate?.({
            stage: "training",
            done: round,
            total: rounds,
            secondsLeft: null,
            loss: null,
            validationLoss: measure,
          }),
      },
    ),
  );
  const ensemble =
    trainer === "xgboost"
      ? xgboostEnsemble(model.bytes)
      : shares && present
        ? forestShares(lightgbmEnsemble(model.bytes))
        : lightgbmEnsemble(model.bytes);
  const classes = train.target.kind === "classes" ? train.target.classes.length : 0;
  const onnx = encodeMlGraph(ensembleToOnnx(ensemble), {
    metadata: {
      ...nativeMetadata(trainer, model.bytes),
      ...(present ? { [PLACES_KEY]: present.places.join(",") } : {}),
    },
    ...(present ? { spread: { places: present.places, classes } } : {}),
  });
  const isStump = ensemble.trees.every(({ nodes }) => nodes.length === 1);
  const manifest = treeManifest(
    kind,
    train,
    [
      ...(present?.notes ?? []),
      ...(isStump ? ["no split was found: the answer is the same for every row"] : []),
      ...(model.rounds < model.history.length
        ? [`stopped after ${model.history.length} rounds, the first ${model.rounds} are kept`]
        : []),
    ],
    Object.fromEntries(Object.entries(model.importance).map(([name, values]) => [name, [...values]])),
  );
  return openTabular(onnx, manifest, { contributions: treeContributions });
}

/** One direction a column; none at all where no column has one. */
function directions(
  kind: string,
  wanted: Readonly<Record<string, 1 | -1>>,
  names: readonly string[],
): number[] {
  const unknown = Object.keys(wanted).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new UsageError(
      `model '${kind}': monotone names the column '${unknown}', which the rows do not have`,
    );
  return Object.keys(wanted).length === 0 ? [] : names.map((name) => wanted[name] ?? 0);
}

/** Class weights of the classes that have rows. */
export function presentWeights(
  kind: string,
  wanted: CommonTreeConfig["classWeights"],
  { target }: TabularData,
  places: readonly number[] | undefined,
): { classWeights?: "balanced" | readonly number[] } {
  if (wanted === "none") return {};
  if (target.kind !== "classes" || !places)
    throw new UsageError(
      `model '${kind}': classWeights were given, but the labels are values: leave them out`,
    );
  if (wanted === "balanced") return { classWeights: wanted };
  if (wanted.length !== target.classes.length)
    throw new UsageError(
      `model '${kind}': ${wanted.length} classWeights for ${target.classes.length} classes: give one for each`,
    );
  return { classWeights: places.map((c) => wanted[c]!) };
}
