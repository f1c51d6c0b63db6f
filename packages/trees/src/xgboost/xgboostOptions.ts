import type { OptionSpecs, OptionsOf } from "../training/readOptions.ts";

/** Options of XGBoost with histogram trees; in brackets the library's own name where it differs. */
export const XGBOOST_OPTIONS = {
  /** trees for each class */
  rounds: { kind: "integer", min: 1, max: 100_000, default: 100 },
  /** shrinkage of each tree (eta) */
  learningRate: { kind: "number", min: 0, max: 1, default: 0.1, openMin: true },
  /** 0: no bound, for growth by loss */
  maxDepth: { kind: "integer", min: 0, max: 64, default: 6 },
  /** 0: no bound */
  maxLeaves: { kind: "integer", min: 0, max: 1_000_000, default: 0 },
  growth: { kind: "choice", of: ["depthwise", "lossguide"], default: "depthwise" },
  /** least sum of second derivatives in a leaf (min_child_weight) */
  minLeafWeight: { kind: "number", min: 0, max: 1e12, default: 1 },
  /** least gain of a split (gamma) */
  minSplitGain: { kind: "number", min: 0, max: 1e12, default: 0 },
  /** share of the rows for each tree (subsample); by XGBoost 3.3 which ones depends on the number of threads too */
  rowSample: { kind: "number", min: 0, max: 1, default: 1, openMin: true },
  /** share of the features for each tree (colsample_bytree) */
  columnSample: { kind: "number", min: 0, max: 1, default: 1, openMin: true },
  /** share of those for each split (colsample_bynode) */
  columnSampleByNode: { kind: "number", min: 0, max: 1, default: 1, openMin: true },
  l1: { kind: "number", min: 0, max: 1e12, default: 0 },
  l2: { kind: "number", min: 0, max: 1e12, default: 1 },
  maxBins: { kind: "integer", min: 2, max: 65_536, default: 256 },
  /** bound of a leaf's step; 0: none (max_delta_step) */
  maxDeltaStep: { kind: "number", min: 0, max: 1e12, default: 0 },
  /** 1: the prediction may only rise with the feature, -1: only fall, 0: free; empty: all free */
  monotone: { kind: "directions", default: [] },
  seed: { kind: "integer", min: 0, max: 2 ** 31 - 1, default: 0 },
  /** 0: all cores */
  threads: { kind: "integer", min: 0, max: 1024, default: 0 },
  /** stop where the validation measure has not improved for so many rounds; 0: never */
  earlyStoppingRounds: { kind: "integer", min: 0, max: 100_000, default: 0 },
} as const satisfies OptionSpecs;

export type XgboostOptions = OptionsOf<typeof XGBOOST_OPTIONS>;
