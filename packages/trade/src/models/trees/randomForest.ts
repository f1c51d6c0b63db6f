import { LIGHTGBM_OPTIONS } from "@orion/trees";
import type { z } from "zod";
import type { TabularPart } from "../tabular/tabularModel.ts";
import { fitBoosted } from "./fitBoosted.ts";
import { optionsSchema } from "./optionsSchema.ts";
import { treeContributions } from "./treeContributions.ts";

/** The expected share of distinct rows in a sample of n of n with replacement: 1 - 1/e. */
const DISTINCT_ROWS = 0.632;

/** Options that mean nothing to a forest. */
const ofBoosting = [
  "boosting",
  "learningRate",
  "topShare",
  "otherShare",
  "dropShare",
  "maxDropped",
  "skipDrop",
  "startFromMean",
  "l1",
  "l2",
] as const;

const forestSchema = optionsSchema(
  LIGHTGBM_OPTIONS,
  { rounds: 300, leaves: 127, minLeafRows: 5, rowSample: DISTINCT_ROWS, rowSampleEvery: 1 },
  ofBoosting,
);
export const RandomForestConfig = forestSchema;
export type RandomForestConfig = z.output<typeof RandomForestConfig>;

/**
 * A random forest (Breiman 2001) by LightGBM's rf: trees on samples of 63.2 % of the rows, each split among a sample of the
 * columns. Probabilities are the mean class shares of the leaves, values their mean. Where the recipe leaves `columnSampleByNode` at 1, √F of F columns are tried
 * for classes and a third for values, Breiman's own choices. Learns classes and values.
 */
export const randomForestPart: TabularPart<"randomForest", typeof RandomForestConfig> = {
  kind: "randomForest",
  config: RandomForestConfig,
  create: ({ monotone, classWeights, earlyStoppingRounds, ...options }) => ({
    kind: "randomForest",
    learns: ["classes", "values"],
    fit: (train, validation, context) => {
      const columns = Math.max(1, train.table.names.length);
      const share = train.target.kind === "classes" ? 1 / Math.sqrt(columns) : 1 / 3;
      const chosen =
        options.columnSampleByNode === 1 ? Math.max(share, 1 / columns) : options.columnSampleByNode;
      return fitBoosted(
        {
          kind: "randomForest",
          trainer: "lightgbm",
          options: { ...options, boosting: "rf", startFromMean: false, columnSampleByNode: chosen },
          shares: true,
          patience: 0,
        },
        { monotone, classWeights, earlyStoppingRounds },
        train,
        validation,
        context,
      );
    },
  }),
  contributions: treeContributions,
};
