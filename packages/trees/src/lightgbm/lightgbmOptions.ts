import type { OptionSpecs, OptionsOf } from "../training/readOptions.ts";

/** Options of LightGBM; in brackets the library's own name where it differs. */
export const LIGHTGBM_OPTIONS = {
  /** gbdt: boosted trees; goss: boosted on the rows of large gradients; dart: boosted with dropped trees; rf: random forest */
  boosting: { kind: "choice", of: ["gbdt", "goss", "dart", "rf"], default: "gbdt" },
  /** trees for each class */
  rounds: { kind: "integer", min: 1, max: 100_000, default: 100 },
  learningRate: { kind: "number", min: 0, max: 1, default: 0.1, openMin: true },
  leaves: { kind: "integer", min: 2, max: 131_072, default: 31 },
  /** 0: no bound */
  maxDepth: { kind: "integer", min: 0, max: 512, default: 0 },
  /** least rows in a leaf (min_data_in_leaf) */
  minLeafRows: { kind: "integer", min: 0, max: 1_000_000_000, default: 20 },
  /** least sum of second derivatives in a leaf (min_sum_hessian_in_leaf) */
  minLeafWeight: { kind: "number", min: 0, max: 1e12, default: 1e-3 },
  minSplitGain: { kind: "number", min: 0, max: 1e12, default: 0 },
  /** share of the rows for each sample (bagging_fraction) */
  rowSample: { kind: "number", min: 0, max: 1, default: 1, openMin: true },
  /** rounds after which rows are sampled anew; 0: no sampling (bagging_freq) */
  rowSampleEvery: { kind: "integer", min: 0, max: 100_000, default: 0 },
  /** share of the features for each tree (feature_fraction) */
  columnSample: { kind: "number", min: 0, max: 1, default: 1, openMin: true },
  /** share of those for each split (feature_fraction_bynode) */
  columnSampleByNode: { kind: "number", min: 0, max: 1, default: 1, openMin: true },
  /** one random threshold a feature and split (extra_trees) */
  randomThresholds: { kind: "flag", default: false },
  l1: { kind: "number", min: 0, max: 1e12, default: 0 },
  l2: { kind: "number", min: 0, max: 1e12, default: 0 },
  maxBins: { kind: "integer", min: 2, max: 65_535, default: 255 },
  /** goss: share of the rows with the largest gradients (top_rate) */
  topShare: { kind: "number", min: 0, max: 1, default: 0.2, openMin: true },
  /** goss: share of the other rows (other_rate) */
  otherShare: { kind: "number", min: 0, max: 1, default: 0.1, openMin: true },
  /** dart: share of the trees that a round drops (drop_rate) */
  dropShare: { kind: "number", min: 0, max: 1, default: 0.1 },
  /** dart: trees that a round drops at most (max_drop) */
  maxDropped: { kind: "integer", min: 1, max: 100_000, default: 50 },
  /** dart: probability that a round drops none (skip_drop) */
  skipDrop: { kind: "number", min: 0, max: 1, default: 0.5 },
  /** the first tree starts from the mean of the targets, else from 0 (boost_from_average) */
  startFromMean: { kind: "flag", default: true },
  /** zeros count as missing values */
  zeroAsMissing: { kind: "flag", default: false },
  /** 1: the prediction may only rise with the feature, -1: only fall, 0: free; empty: all free */
  monotone: { kind: "directions", default: [] },
  seed: { kind: "integer", min: 0, max: 2 ** 31 - 1, default: 0 },
  /** 0: all cores */
  threads: { kind: "integer", min: 0, max: 1024, default: 0 },
  /** stop where the validation measure has not improved for so many rounds; 0: never */
  earlyStoppingRounds: { kind: "integer", min: 0, max: 100_000, default: 0 },
} as const satisfies OptionSpecs;

export type LightgbmOptions = OptionsOf<typeof LIGHTGBM_OPTIONS>;
