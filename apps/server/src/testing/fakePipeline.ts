import { DataError, RefusedError, UsageError } from "@orion/trade/core";
import type {
  BacktestResponse,
  DataResponse,
  Metrics,
  ModelSummary,
  Prediction,
  QualityResponse,
  SourcesResponse,
} from "@orion/trade/wire";
import type { Pipeline } from "../pipeline/pipeline.ts";
import { fakeFeatureCalls } from "./fakeFeatures.ts";
import { fakeScanCalls } from "./fakeScan.ts";

/** Answers in the right shapes at once, so that tests can look at the server alone. Only tests use it. */
export interface FakePipeline extends Pipeline {
  /** lets the training that waits end */
  finishTraining(): void;
  /** the same of the audit */
  finishAudit(): void;
  /** the same of the scan */
  finishScan(): void;
  finishExplanation(): void;
  /** how often each function was called */
  calls: Record<string, number>;
}

const day = (text: string): string => `${text}T00:00:00Z`;

export const fakeModel: ModelSummary = {
  id: "orionquant-0a1b2c",
  recipe: "orionquant",
  profile: "quick",
  createdAt: "2024-05-14T16:00:00Z",
  symbol: "BTCUSDT",
  timeframe: "5m",
  parameters: 4_123_456,
  sha256: "ab".repeat(32),
  trainingRange: { from: day("2023-01-01"), to: day("2023-12-01") },
  validationRange: { from: day("2023-12-01"), to: day("2024-02-20") },
  testRange: { from: day("2024-02-20"), to: day("2024-05-14") },
  epochs: 2,
  windows: 5_000,
  windowsPerSecond: 120,
  lossBefore: 1.4,
  lossAfter: 1.2,
  gflops: 90,
  test: {
    n: 10,
    classes: ["BUY", "HOLD", "SELL"],
    confusion: [
      [1, 1, 0],
      [0, 6, 1],
      [0, 0, 1],
    ],
    accuracy: 0.8,
    majorityAccuracy: 0.7,
    balancedAccuracy: 0.7857,
    balancedAccuracyInterval: [0.5, 0.95],
    macroF1: 0.7,
    averagePrecision: { BUY: 0.5, HOLD: 0.9, SELL: null },
    baseRates: { BUY: 0.2, HOLD: 0.7, SELL: 0.1 },
    logLoss: 0.6,
    alwaysOneClass: false,
  },
  failed: null,
};

export const fakePrediction: Prediction = {
  signal: "HOLD",
  confidence: 0.93,
  probabilities: { BUY: 0.04, HOLD: 0.93, SELL: 0.03 },
  expected_return: -0.0001,
  current_price: 61_500.1,
  bar_time: "2024-05-14T15:40:00Z",
  data_age_seconds: 1200,
  model_id: fakeModel.id,
  recipe: "orionquant",
  symbol: "BTCUSDT",
  timeframe: "5m",
  horizon_bars: 1,
  base_rates: { BUY: 0.006, HOLD: 0.988, SELL: 0.006 },
  thresholds: { buy: 0.08, sell: 0.08 },
  training_range: fakeModel.trainingRange,
  in_sample: false,
};

const metrics: Metrics = {
  totalReturn: -0.02,
  annualReturn: -0.08,
  sharpe: -0.4,
  sortino: -0.5,
  calmar: -0.9,
  maxDrawdown: 0.09,
  winRate: 0.45,
  profitFactor: null,
  exposure: 0.2,
  turnover: 31,
  trades: 40,
  costs: 0.06,
  meanTradeReturn: 0.001,
  meanWinningTrade: 0.01,
};

export const fakeBacktest: BacktestResponse = {
  id: "bt-1",
  model: fakeModel.id,
  symbol: "BTCUSDT",
  timeframe: "5m",
  range: fakeModel.testRange,
  bars: 24_000,
  metrics,
  intervals: { sharpe: [-2, 1.1] },
  drawdown: { peak: day("2024-03-01"), trough: day("2024-03-05"), recovered: null },
  baselines: {
    buyAndHold: { ...metrics, trades: 1, costs: 0.0015 },
    random: { draws: 200, meanReturn: -0.05, low: -0.12, high: 0.03, beats: 0.7 },
  },
  targets: [{ name: "sharpe", target: "> 1.5", measured: -0.4, met: false }],
  trials: 3,
  deflatedSharpe: 0.1,
  pbo: null,
  inSample: false,
  valid: true,
  invalidReason: null,
  warnings: [],
  ordersSha256: "cd".repeat(32),
  equitySha256: "ef".repeat(32),
  equity: { time: [1, 2], strategy: [1, 0.98], buyAndHold: [1, 1.01] },
  trades: [],
};

export const fakeData: DataResponse = {
  time: "2024-05-14T15:46:00Z",
  bytes: 5_400_000,
  series: [
    {
      symbol: "BTCUSDT",
      market: "futures",
      kind: "bars",
      timeframe: "5m",
      rows: 143_900,
      from: day("2023-01-01"),
      to: "2024-05-14T15:40:00Z",
      source: "binanceusdm",
      client: "ccxt 4.5.84",
      storedAt: "2024-05-14T15:41:00Z",
      bytes: 5_400_000,
      due: "2024-05-14T15:45:00Z",
      behindSeconds: 300,
      behindBars: 1,
    },
  ],
};

export const fakeSources: SourcesResponse = {
  sources: [
    { name: "binance", market: "spot", kinds: ["bars"], missing: null },
    { name: "alpaca", market: "stock", kinds: ["bars"], missing: "alpaca needs keys: set APCA_API_KEY_ID" },
  ],
  universes: [{ name: "small", spot: ["BTCUSDT"], futures: [], stock: ["AAPL", "MSFT"] }],
};

export const fakeQuality: QualityResponse = {
  symbol: "BTCUSDT",
  timeframe: "5m",
  market: "futures",
  rows: 143_900,
  from: day("2023-01-01"),
  to: "2024-05-14T15:40:00Z",
  calendar: "a market without pauses",
  ok: false,
  targets: [{ name: "missing", target: 0.001, measured: 0.002, met: false }],
  checks: [{ kind: "gaps", rule: "bars missing", count: 288, share: 0.002, severity: "warning" }],
  places: [
    {
      from: day("2023-03-01"),
      to: day("2023-03-02"),
      kind: "gaps",
      severity: "warning",
      count: 288,
      note: "288 bars missing",
    },
  ],
  placesLeftOut: 0,
  repaired: null,
};

export function fakePipeline(): FakePipeline {
  const calls: Record<string, number> = {};
  const count = (name: string): void => {
    calls[name] = (calls[name] ?? 0) + 1;
  };
  let finish = (): void => {};
  return {
    ...fakeFeatureCalls(count),
    ...fakeScanCalls(count),
    calls,
    finishTraining: () => finish(),
    trainRecipe(ctx, request, onStatus) {
      count("trainRecipe");
      if (request.recipe === "no-such") {
        return Promise.reject(new UsageError("recipe 'no-such' is not known: use orionquant"));
      }
      if (request.recipe === "defect")
        return Promise.reject(new Error("secret detail at /home/someone/file.ts"));
      return new Promise((resolve, reject) => {
        finish = () => {
          onStatus({ epoch: 2, epochs: 2, loss: 0.5 });
          resolve(fakeModel);
        };
        ctx.signal?.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
        onStatus({ stage: "training", epoch: 1, epochs: 2, step: 1, steps: 10, loss: 1.1 });
      });
    },
    backtestModel: async (_ctx, request, onProgress) => {
      count("backtestModel");
      if (request.from === "2023-01-01" && !request.inSample) {
        throw new RefusedError("the range touches the training range 2023-01-01..2023-12-01: say inSample");
      }
      onProgress?.({ stage: "simulating", done: 1, total: 2, secondsLeft: 1 });
      return fakeBacktest;
    },
    predictLatest: async (_ctx, query) => {
      count("predictLatest");
      if (query.model === "missing")
        throw new UsageError("model 'missing' is not known: see orion models list");
      if (query.model === "malformed") return { ...fakePrediction, confidence: Number.NaN };
      return fakePrediction;
    },
    readChartBars: async (_ctx, query) => {
      count("readChartBars");
      if (query.symbol === "NOTHING")
        throw new DataError("no bars of NOTHING are stored: import or download some");
      const timeframe = query.timeframe ?? "5m";
      return {
        symbol: query.symbol ?? "BTCUSDT",
        timeframe,
        market: "futures",
        storedTimeframe: "5m",
        hasOlder: true,
        hasNewer: false,
        time: [1_715_700_000_000],
        open: [1],
        high: [2],
        low: [0.5],
        close: [1.5],
        volume: [10],
      };
    },
    describeData: async () => {
      count("describeData");
      return fakeData;
    },
    describeSources: async () => {
      count("describeSources");
      return fakeSources;
    },
    qualityOf: async (_ctx, query) => {
      count("qualityOf");
      if (query.symbol === "NOTHING") throw new DataError("no bars of NOTHING are stored");
      if (query.timeframe === "1m") throw new DataError("bars/futures/BTCUSDT/1m.parquet is cut short");
      return fakeQuality;
    },
    downloadData: (ctx, _request, onStatus) => {
      count("downloadData");
      return new Promise((_resolve, reject) => {
        ctx.signal?.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
        onStatus({ done: 1000, total: 5000 });
      });
    },
    listModels: async () => [{ ...fakeModel, id: "older", createdAt: "2023-01-01T00:00:00Z" }, fakeModel],
    listRecipeSummaries: async () => [
      {
        name: "orionquant",
        about: "one bar ahead",
        symbol: "BTCUSDT",
        timeframe: "5m",
        horizonBars: 1,
      },
    ],
    listStoredBars: async () => [
      {
        symbol: "BTCUSDT",
        timeframe: "5m",
        market: "futures",
        rows: 143_900,
        from: day("2023-01-01"),
        to: "2024-05-14T15:40:00Z",
      },
    ],
  };
}
