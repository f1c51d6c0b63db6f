import { XGBOOST_OPTIONS } from "@orion/trees";
import type { z } from "zod";
import type { TabularPart } from "../tabular/tabularModel.ts";
import { fitBoosted } from "./fitBoosted.ts";
import { optionsSchema } from "./optionsSchema.ts";
import { treeContributions } from "./treeContributions.ts";

/** Rounds without improvement where the recipe says nothing and there are validation rows. */
export const PATIENCE = 50;

export const XgboostConfig = optionsSchema(XGBOOST_OPTIONS, { rounds: 300, learningRate: 0.05 });
export type XgboostConfig = z.output<typeof XgboostConfig>;

/** Gradient boosted trees by XGBoost (Chen and Guestrin 2016), with histograms. Learns classes and values. */
export const xgboostPart: TabularPart<"xgboost", typeof XgboostConfig> = {
  kind: "xgboost",
  config: XgboostConfig,
  create: ({ monotone, classWeights, earlyStoppingRounds, ...options }) => ({
    kind: "xgboost",
    learns: ["classes", "values"],
    fit: (train, validation, context) =>
      fitBoosted(
        { kind: "xgboost", trainer: "xgboost", options, patience: PATIENCE },
        { monotone, classWeights, earlyStoppingRounds },
        train,
        validation,
        context,
      ),
  }),
  contributions: treeContributions,
};
