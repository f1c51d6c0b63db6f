import { DataError, UsageError } from "@orion/trade/core";
import type {
  AuditRun,
  FeatureReport,
  FeaturesResponse,
  IndicatorResponse,
  IndicatorsResponse,
} from "@orion/trade/wire";
import type { Pipeline } from "../pipeline/pipeline.ts";

export const fakeFeatures: FeaturesResponse = {
  recipe: "orionquant",
  about: "one bar ahead",
  market: "futures",
  timeframe: "5m",
  symbols: ["BTCUSDT"],
  context: [],
  window: 128,
  selection: { kind: "correlation", limit: 0.8, against: "class" },
  columns: ["rsi14", "rsi21"].map((name) => ({
    ...{ name, formula: "100 - 100 / (1 + rs)", source: "Wilder 1978", set: "orionquant38", lookback: 400 },
  })),
};

const range = { from: "2023-01-01T00:00:00Z", to: "2024-01-01T00:00:00Z" };
const later = { rows: 2000, stabilityIndex: 0.12, reading: "some", kolmogorovSmirnov: 0.05 } as const;

export const fakeReport: FeatureReport = {
  recipe: "orionquant",
  symbols: ["BTCUSDT"],
  leftOut: [],
  dataSha256: "ab".repeat(32),
  parts: {
    train: { ...range, rows: 9000 },
    validation: { ...range, rows: 2000 },
    test: { ...range, rows: 2000 },
  },
  columns: ["rsi14", "rsi21"].map((name) => ({
    name,
    distribution: {
      ...{ rows: 9000, missing: 0, bars: 9400, missingBars: 400, mean: 50, deviation: 9, least: 8, most: 93 },
      quantiles: [{ share: 0.5, value: 50.2 }],
      histogram: { from: 20, to: 80, counts: [10, 30, 10], below: 1, above: 2 },
    },
    validation: later,
    test: { rows: 0, stabilityIndex: null, reading: "not judged", kolmogorovSmirnov: null },
  })),
  correlation: { rows: 9000, r: [1, 0.97, 0.97, 1], order: [0, 1] },
  isInRecipe: true,
  choice: {
    ...{ kind: "correlation", limit: 0.8, against: "class", kept: ["rsi14"], information: [0.02, 0.01] },
    dropped: [
      {
        name: "rsi21",
        reason: "correlated",
        kept: "rsi14",
        r: 0.97,
        information: 0.01,
        keptInformation: 0.02,
      },
    ],
  },
  seconds: 3.2,
};

export const fakeIndicators: IndicatorsResponse = {
  indicators: [
    {
      ...{
        family: "trend",
        name: "sma",
        title: "Simple moving average",
        formula: "mean",
        source: "folklore",
      },
      params: [{ name: "period", kind: "count", preset: 20, least: 1, most: 1_000_000, choices: [] }],
      beside: [],
      outputs: [{ name: "sma", place: "price" }],
      lookback: 19,
    },
  ],
  unavailable: [{ name: "funding", needs: ["funding"] }],
};

export const fakeIndicator: IndicatorResponse = {
  ...{ name: "sma", params: { period: 2 }, symbol: "BTCUSDT", timeframe: "5m", market: "futures" },
  time: [1_715_700_000_000, 1_715_700_300_000],
  outputs: [{ name: "sma", place: "price", values: [null, 61_500.5] }],
  bars: 143_900,
  since: range.from,
};

export const fakeAudit: AuditRun = {
  request: { recipe: "orionquant", quick: true },
  startedAt: range.from,
  finishedAt: "2023-01-01T00:01:00Z",
  dataSha256: "ab".repeat(32),
  report: {
    ...{
      recipe: "orionquant",
      verdict: "clean",
      context: [],
      seed: 7,
      moments: [range.from],
      training: "a small one",
    },
    symbols: [{ symbol: "BTCUSDT", rows: 20_000, ...range }],
    examples: { train: 100, validation: 20, test: 20 },
    checks: [{ id: "truncation", title: "the same", verdict: "clean", finding: "2 columns", compared: 9 }],
    permutation: [],
    columns: [],
    notes: [],
  },
};

/** The part of a fake pipeline that features, indicators and audits ask. */
export function fakeFeatureCalls(
  count: (name: string) => void,
): Pick<
  Pipeline,
  "featuresOfRecipe" | "describeFeatures" | "describeIndicators" | "storedIndicator" | "auditStored"
> & { finishAudit(): void } {
  let finish = (): void => {};
  return {
    finishAudit: () => finish(),
    featuresOfRecipe: async ({ recipe }) => {
      count("featuresOfRecipe");
      if (recipe === "no-such")
        throw new UsageError("there is no recipe 'no-such'; choose one of orionquant");
      return fakeFeatures;
    },
    describeFeatures: async (_ctx, query) => {
      count("describeFeatures");
      if (query.symbol === "NOTHING") throw new DataError("NOTHING 5m (futures) is not stored: import it");
      if (query.recipe === "hybrid") throw new DataError("AAPL 1d (stock) is not stored: import it");
      return fakeReport;
    },
    describeIndicators: async () => {
      count("describeIndicators");
      return fakeIndicators;
    },
    storedIndicator: async (_ctx, query) => {
      count("storedIndicator");
      if (query.params === "period=0") throw new UsageError("sma: 'period' = 0 is not possible: give more");
      if (query.symbol === "NOTHING") throw new DataError("no bars of NOTHING are stored");
      return fakeIndicator;
    },
    auditStored: (ctx, request, onProgress) => {
      count("auditStored");
      if (request.recipe === "no-such")
        return Promise.reject(new UsageError("there is no recipe 'no-such'; choose one of orionquant"));
      return new Promise((resolve, reject) => {
        finish = () => resolve(fakeAudit);
        ctx.signal?.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
        onProgress?.({ stage: "training", done: 3, total: 28, secondsLeft: 40 });
      });
    },
  };
}
