import { LIGHTGBM_OPTIONS } from "@orion/trees";
import type { z } from "zod";
import type { TabularPart } from "../tabular/tabularModel.ts";
import { fitBoosted } from "./fitBoosted.ts";
import { optionsSchema } from "./optionsSchema.ts";
import { treeContributions } from "./treeContributions.ts";
import { PATIENCE } from "./xgboost.ts";

export const LightgbmConfig = optionsSchema(LIGHTGBM_OPTIONS, { rounds: 300, learningRate: 0.05 });
export type LightgbmConfig = z.output<typeof LightgbmConfig>;

/** Gradient boosted trees grown leaf by leaf, by LightGBM (Ke et al. 2017): gbdt, goss, dart or rf. Learns classes and values. */
export const lightgbmPart: TabularPart<"lightgbm", typeof LightgbmConfig> = {
  kind: "lightgbm",
  config: LightgbmConfig,
  create: ({ monotone, classWeights, earlyStoppingRounds, ...options }) => ({
    kind: "lightgbm",
    learns: ["classes", "values"],
    fit: (train, validation, context) =>
      fitBoosted(
        {
          kind: "lightgbm",
          trainer: "lightgbm",
          options,
          // dart weighs earlier trees anew: no round can be gone back to. A forest gets no worse by more trees
          patience: options.boosting === "gbdt" || options.boosting === "goss" ? PATIENCE : 0,
        },
        { monotone, classWeights, earlyStoppingRounds },
        train,
        validation,
        context,
      ),
  }),
  contributions: treeContributions,
};
