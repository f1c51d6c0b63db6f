import { DataError, UsageError } from "@orion/trade/core";
import type {
  ScanExplanation,
  ScanModel,
  ScanModelResponse,
  ScanResponse,
  ScanSignal,
} from "@orion/trade/wire";
import type { Pipeline } from "../pipeline/pipeline.ts";

const range = { from: "2019-01-01T00:00:00Z", to: "2020-01-01T00:00:00Z" };
const shares = { BUY: 0.74, HOLD: 0.2, SELL: 0.06 };

export const fakeSignal: ScanSignal = {
  symbol: "MADE",
  decision: "BUY",
  confidence: 0.74,
  expected_return: 0.021,
  risk_score: 4,
  time_horizon: "5 bars of 1d",
  price: 311.17,
  as_of: range.to,
  data_age_seconds: 5400,
  probabilities: shares,
  predictions: { "1h": null, "1d": { price: 312.5, return: 0.0043, as_of: range.to } },
  missing: { "1h": "no 250 bars of 1h of MADE are stored" },
  risk_metrics: {
    ...{ forecast_volatility: 0.0128, annual_volatility: 0.203, var_95: 0.0217, cvar_95: 0.0292, beta: 1.32 },
    ...{ correlation_spy: 0.79, correlation_qqq: 0.83, lower_tail_dependence: 0.385 },
    ...{ volatility_regime: null, method: "garch" },
  },
  votes: [
    { model: "logistic", decision: "BUY", probabilities: shares },
    { model: "naive", decision: "HOLD", probabilities: { BUY: 0.34, HOLD: 0.44, SELL: 0.22 } },
  ],
  agreement: "1 of 2 say BUY",
  mattered: [{ feature: "scanRsi", value: 73.7, contribution: 0.42 }],
  momentum: {
    ...{ momentum_score: 48.8, rsi: 73.7, rvol: 0.98, percentChange: 0.67, trend: "strong", gap: 0.008 },
    ...{ dollarVolume: 921_305_897, distanceTo52WeekHigh: -0.0025 },
  },
};

export const fakeScan: ScanResponse = {
  recipe: "scanner",
  model: "scanner-0a1b2c",
  as_of: range.to,
  in_sample: false,
  scanned: 250,
  candidates: 2,
  filter: { decision: "BUY", min_confidence: 0.7, max_risk: 6, top: 10 },
  signals: [fakeSignal],
  rejected: [{ ...fakeSignal, symbol: "OTHER", decision: "HOLD", reason: "decision HOLD" }],
  dropped: [{ symbol: "CHEAP", reason: "price: its last close 4.83 is below 5" }],
  timings: { scan: 50, chain: 900 },
  base_rates: { BUY: 0.34, HOLD: 0.44, SELL: 0.22 },
  warnings: [],
};

export const fakeScanModel: ScanModel = {
  id: "scanner-0a1b2c",
  recipe: "scanner",
  profile: "quick",
  createdAt: range.to,
  market: "stock",
  timeframe: "1d",
  indices: ["SPY", "QQQ"],
  time_horizon: "5 bars of 1d",
  symbols: 250,
  rows: { train: 1691, validation: 350, test: 349 },
  ranges: { train: range, validation: range, test: range },
  filter: { min_confidence: 0.7, max_risk: 6, top: 10 },
  timeframes: [
    { timeframe: "1h", windows: null, symbols: 0, covered: 0, note: "no symbol has 250 bars of 1h" },
    { timeframe: "1d", windows: 1000, symbols: 50, covered: 0.9, note: null },
  ],
  bases: ["logistic", "naive"],
  base_rates: { BUY: 0.34, HOLD: 0.44, SELL: 0.22 },
  mean_returns: { BUY: 0.038, HOLD: 0.0014, SELL: -0.04 },
  test: {
    rows: 349,
    days: 7,
    classification: {
      n: 349,
      classes: ["BUY", "HOLD", "SELL"],
      confusion: [
        [20, 80, 9],
        [10, 140, 7],
        [5, 60, 18],
      ],
      accuracy: 0.51,
      majorityAccuracy: 0.45,
      balancedAccuracy: 0.43,
      balancedAccuracyInterval: [0.33, 0.54],
      macroF1: 0.41,
      averagePrecision: { BUY: 0.35, HOLD: 0.49, SELL: null },
      baseRates: { BUY: 0.31, HOLD: 0.45, SELL: 0.24 },
      logLoss: 1.02,
      alwaysOneClass: false,
    },
    ablation: [
      { what: "stack", loss: 1.02, interval: null, accuracy: 0.51, worse: 0, worseInterval: null },
      {
        ...{ what: "naive", loss: 1.06, interval: { low: 1.01, high: 1.11 }, accuracy: 0.45, worse: 0.04 },
        worseInterval: { low: -0.01, high: 0.09 },
      },
    ],
    reliability: {
      bins: [{ from: 0, to: 1, rows: 349, told: 0.34, share: 0.31, low: 0.26, high: 0.36 }],
      brier: 0.214,
      brierOfShare: 0.215,
      expectedError: 0.03,
    },
    signals: { rows: 0, hits: 0, low: 0, high: 1, meanReturn: null },
  },
  failed: null,
};

export const fakeScanModels: ScanModelResponse = {
  recipes: ["scanner"],
  models: [{ id: fakeScanModel.id, recipe: "scanner", createdAt: range.to }],
  model: fakeScanModel,
  missing: null,
};

export const fakeExplanation: ScanExplanation = {
  model: fakeScanModel.id,
  symbol: "OTHER",
  as_of: range.to,
  probabilities: shares,
  explained: ["boosted"],
  unexplained: ["naive"],
  baseline: -0.25,
  value: 0.5,
  groups: [
    { group: "features", columns: 90, contribution: 0.5 },
    { group: "momentum", columns: 7, contribution: 0.25 },
  ],
  mattered: [{ feature: "rsi14", value: 73.7, contribution: 0.5 }],
  rest: { columns: 96, contribution: 0.25 },
};

/** The part of a fake pipeline that scans ask. */
export function fakeScanCalls(count: (name: string) => void): Pick<
  Pipeline,
  "scanSignals" | "describeScanner" | "explainCandidate"
> & {
  finishScan(): void;
  finishExplanation(): void;
} {
  let finish = (): void => {};
  let explain = (): void => {};
  return {
    finishScan: () => finish(),
    finishExplanation: () => explain(),
    explainCandidate: (ctx, { model, symbol }, onProgress) => {
      count("explainCandidate");
      if (symbol === "CHEAP")
        return Promise.reject(new DataError("CHEAP is no candidate: price: its last close 4.83 is below 5"));
      if (model === "unboosted")
        return Promise.reject(new UsageError("model unboosted cannot say what mattered"));
      return new Promise((resolve, reject) => {
        explain = () => resolve({ ...fakeExplanation, symbol });
        ctx.signal?.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
        onProgress?.({ stage: "timeframe networks", done: 1, total: 6, secondsLeft: null });
      });
    },
    scanSignals: (ctx, query, onProgress) => {
      count("scanSignals");
      if (query.recipe === "no-such")
        return Promise.reject(new DataError("recipe 'no-such' has no model yet: train one"));
      if (query.at === "yesterday")
        return Promise.reject(new UsageError("at: 'yesterday' is no time: give a date"));
      return new Promise((resolve, reject) => {
        finish = () => resolve(fakeScan);
        ctx.signal?.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
        onProgress?.({ stage: "reading bars", done: 100, total: 250, secondsLeft: 1 });
      });
    },
    describeScanner: async (_ctx, { recipe, model }) => {
      count("describeScanner");
      if (model === "orionquant-1")
        throw new UsageError("model orionquant-1 scans nothing: name one of a recipe of stages");
      if (model === "gone") throw new DataError("no model gone in /nowhere: see orion models list");
      if (recipe === "no-such")
        return { ...fakeScanModels, model: null, missing: "recipe 'no-such' has no model yet: train one" };
      return fakeScanModels;
    },
  };
}
