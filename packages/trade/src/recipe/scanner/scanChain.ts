import { DataError } from "../../core/errors.ts";
import { isoTime, timeframeMs } from "../../core/time.ts";
import { SIGNALS } from "../../labels/labeler.ts";
import type { BarSeries } from "../../market/bars.ts";
import { agreementText } from "../../models/tabular/openStack.ts";
import type { Table } from "../../models/tabular/tabularModel.ts";
import type { Candidate } from "../../signals/momentumScan/index.ts";
import { riskScore } from "../../signals/riskScore.ts";
import type { ScanSignal } from "../../wire/scan.ts";
import type { CandidateRow } from "./candidateRows.ts";
import { barsAYear, riskMeasuresOf, riskValues } from "./riskMeasures.ts";
import { barsUntil } from "./scannerBars.ts";
import type { ScannerModel } from "./scannerModel.ts";
import { featureColumns, featureLookback, type NamedColumns, tableOf } from "./scannerTable.ts";
import { type MarketFilters, RISK_COLUMNS, symbolRisk } from "./symbolRisk.ts";
import { forecastMoments } from "./timeframeNet.ts";
import { rowAt, type SymbolSources, timeframeParts, timeframeRows } from "./timeframeRows.ts";
import { timeframeColumns } from "./trainScanner.ts";

export interface ChainInput {
  readonly model: ScannerModel;
  readonly candidates: readonly Candidate[];
  /** daily bars of each candidate */
  readonly barsOf: (symbol: string) => BarSeries | undefined;
  /** all stored timeframes of each candidate, its own included */
  readonly sourcesOf: (symbol: string) => SymbolSources;
  readonly indices: readonly [BarSeries, BarSeries];
  /** ms UTC: the universe's close that was scanned; nothing that closes later is looked at */
  readonly at: number;
  /** ms UTC */
  readonly now: number;
  readonly signal?: AbortSignal | undefined;
}

export interface ChainResult {
  /** in the order of the candidates */
  readonly signals: readonly ScanSignal[];
  readonly dropped: readonly { readonly symbol: string; readonly reason: string }[];
  /** milliseconds */
  readonly timings: Readonly<Record<string, number>>;
  /** what the models read, in the order of `signals` */
  readonly table: Table;
}

/**
 * Everything between the scan and the filter: features, a forecast a timeframe, risk, votes and the meta-learner's calibrated
 * probability, of each candidate as of `at`. A candidate whose own bars are too short drops out with its reason; one that lacks a
 * timeframe says so and goes on without it, as rows did in training.
 */
export async function scanChain(input: ChainInput): Promise<ChainResult> {
  const { model, at, signal } = input;
  const { recipe } = model.manifest;
  const timings: Record<string, number> = {};
  let mark = performance.now();
  const lap = (name: string): void => {
    timings[name] = performance.now() - mark;
    mark = performance.now();
  };
  const dropped: { symbol: string; reason: string }[] = [];
  const rows: CandidateRow[] = [];
  const bars: BarSeries[] = [];
  const lookback = featureLookback(recipe);
  for (const candidate of input.candidates) {
    const own = input.barsOf(candidate.symbol);
    const known = own && barsUntil(own, at);
    if (!known || known.length <= lookback) {
      const count = known?.length ?? 0;
      dropped.push({
        symbol: candidate.symbol,
        reason: `${count} bars of ${recipe.universe.timeframe}, its features need ${lookback + 1}`,
      });
      continue;
    }
    rows.push({
      symbol: candidate.symbol,
      index: bars.length,
      row: known.length - 1,
      time: at,
      candidate,
      class: Number.NaN,
      forwardReturn: Number.NaN,
      knownAt: Number.POSITIVE_INFINITY,
    });
    bars.push(known);
  }
  const features = await featureColumns(recipe, bars, rows, { signal, threads: 1 });
  lap("features");
  const forecasts = await timeframeForecasts(input, rows);
  lap("timeframes");
  const { columns: risk, methods } = riskOf(input, bars, rows);
  lap("risk");
  const table = tableOf([features, timeframeColumns(forecasts), risk], rows.length);
  const votes = rows.length === 0 ? undefined : await model.stack.votes(table, signal ? { signal } : {});
  lap("stack");
  const K = SIGNALS.length;
  const names = model.manifest.stack.members.map(({ name }) => name);
  const shares = (from: Float32Array, i: number) => ({
    BUY: from[i * K]!,
    HOLD: from[i * K + 1]!,
    SELL: from[i * K + 2]!,
  });
  const measured = (value: number): number | null => (Number.isFinite(value) ? value : null);
  const signals = rows.map((row, i): ScanSignal => {
    const own = bars[i]!;
    const price = own.close[own.length - 1]!;
    const asOf = own.closeTime[own.length - 1]!;
    const probabilities = shares(votes!.answer, i);
    const decision = SIGNALS[votes!.decision[i]!]!;
    const values = riskValues(risk, i);
    const { classes } = model.manifest;
    const { candidate } = row;
    return {
      symbol: row.symbol,
      decision,
      confidence: probabilities[decision],
      expected_return: SIGNALS.reduce(
        (sum, name) => sum + probabilities[name] * (classes[name]?.meanReturn ?? 0),
        0,
      ),
      risk_score: measured(riskScore(riskMeasuresOf(risk, i, recipe))),
      time_horizon: `${model.manifest.horizonBars} bars of ${recipe.universe.timeframe}`,
      price,
      as_of: isoTime(asOf),
      data_age_seconds: Math.max(0, (input.now - asOf) / 1000),
      probabilities,
      predictions: Object.fromEntries(forecasts.map((f) => [f.timeframe, f.predictions[i] ?? null])),
      missing: Object.fromEntries(
        forecasts.flatMap((f) =>
          f.predictions[i] ? [] : [[f.timeframe, f.reasons[i] ?? "no forecast"] as const],
        ),
      ),
      risk_metrics: {
        forecast_volatility: measured(values.forecastVolatility),
        annual_volatility: measured(values.forecastVolatility * Math.sqrt(barsAYear(recipe))),
        var_95: measured(values.valueAtRisk95),
        cvar_95: measured(values.expectedShortfall95),
        beta: measured(values.beta),
        correlation_spy: measured(values.correlationSpy),
        correlation_qqq: measured(values.correlationQqq),
        lower_tail_dependence: measured(values.lowerTailSpy),
        volatility_regime: measured(values.volatilityRegime),
        method: methods[i]!,
      },
      votes: names.map((name, m) => {
        const told = shares(votes!.members[m]!, i);
        return { model: name, decision: mostLikely(told), probabilities: told };
      }),
      agreement: agreementText(votes!.agreeing[i]!, names.length, decision),
      mattered: [],
      momentum: {
        momentum_score: candidate.momentum_score,
        rsi: candidate.rsi,
        rvol: candidate.rvol,
        percentChange: candidate.percentChange,
        trend: candidate.trend,
        gap: candidate.gap,
        dollarVolume: candidate.dollarVolume,
        distanceTo52WeekHigh: candidate.distanceTo52WeekHigh,
      },
    };
  });
  return { signals, dropped, timings, table };
}

function mostLikely(shares: Readonly<Record<"BUY" | "HOLD" | "SELL", number>>): "BUY" | "HOLD" | "SELL" {
  return SIGNALS.reduce((best, name) => (shares[name] > shares[best] ? name : best), SIGNALS[0]);
}

interface TimeframeAnswer {
  readonly timeframe: string;
  readonly expected: Float32Array;
  readonly edge: Float32Array;
  /** by row; undefined where there is none, and then the reason */
  readonly predictions: readonly (NonNullable<ScanSignal["predictions"][string]> | undefined)[];
  readonly reasons: readonly (string | undefined)[];
}

async function timeframeForecasts(
  input: ChainInput,
  rows: readonly CandidateRow[],
): Promise<TimeframeAnswer[]> {
  const { model, at } = input;
  const { recipe, timeframes } = model.manifest;
  const parts = timeframeParts(recipe);
  const answers: TimeframeAnswer[] = [];
  const sources = rows.map((row) => input.sourcesOf(row.symbol));
  for (const { timeframe, notes: trained } of timeframes) {
    const net = model.nets.get(timeframe);
    const stepMs = recipe.universe.market === "stock" ? null : timeframeMs(timeframe);
    const notes: string[] = [];
    const data =
      net && timeframeRows(parts, sources, timeframe, at, stepMs, notes, parts.needed + SPARE_BARS);
    const moments = rows.map(({ symbol }) => ({ symbol, time: at }));
    const empty = (): Float32Array => new Float32Array(rows.length).fill(Number.NaN);
    const told =
      net && data
        ? await forecastMoments(net, data, moments, input.signal)
        : { expected: empty(), edge: empty() };
    answers.push({
      timeframe,
      ...told,
      predictions: rows.map((row, i) => {
        const expected = told.expected[i]!;
        if (!data || !Number.isFinite(expected)) return undefined;
        const place = rowAt(data, row.symbol, at);
        return {
          price: data.close[place]! * (1 + expected),
          return: expected,
          as_of: isoTime(data.stack.closeTime[place]!),
        };
      }),
      reasons: rows.map(({ symbol }) => {
        if (!net) return `no network was trained: ${trained.at(-1) ?? "too few bars were stored"}`;
        const note = notes.find((n) => n.includes(`${symbol}:`));
        return note ?? reasonWithout(data && rowsOfSymbol(data, symbol), symbol, timeframe, parts.needed, at);
      }),
    });
  }
  return answers;
}

/** Bars beyond those that are needed, so that averages without an end have settled. */
export const SPARE_BARS = 50;

function rowsOfSymbol(
  data: {
    readonly stack: {
      readonly symbols: readonly { symbol: string; from: number; to: number }[];
      readonly closeTime: Float64Array;
    };
  },
  symbol: string,
): number | undefined {
  const range = data.stack.symbols.find((one) => one.symbol === symbol);
  return range && data.stack.closeTime[range.to - 1];
}

function reasonWithout(
  newest: number | undefined,
  symbol: string,
  timeframe: string,
  needed: number,
  at: number,
): string {
  return newest === undefined
    ? `no ${needed} bars of ${timeframe} of ${symbol} are stored up to ${isoTime(at)}`
    : `its last ${timeframe} bar closed at ${isoTime(newest)}, or one before it is missing`;
}

function riskOf(
  input: ChainInput,
  bars: readonly BarSeries[],
  rows: readonly CandidateRow[],
): { columns: NamedColumns; methods: string[] } {
  const { recipe, horizonBars } = input.model.manifest;
  const options = {
    windowBars: recipe.risk.windowBars,
    barMs: timeframeMs(recipe.universe.timeframe),
    horizon: horizonBars,
  };
  const filters: MarketFilters = new Map();
  const columns = RISK_COLUMNS.map(() => new Float64Array(rows.length).fill(Number.NaN));
  const methods: string[] = [];
  for (const [i, row] of rows.entries()) {
    const [told] = symbolRisk(bars[i]!, input.indices, [row.row], options, filters);
    if (!told) throw new DataError(`${row.symbol}: no risk could be told`);
    for (const [c, value] of Object.values(told.values).entries()) columns[c]![i] = value;
    methods.push(told.fallback === null ? told.method : `${told.method}: ${told.fallback}`);
  }
  return { columns: { names: RISK_COLUMNS, columns }, methods };
}
