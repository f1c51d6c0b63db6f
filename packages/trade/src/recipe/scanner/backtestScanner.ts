import { lowerBound, upperBound } from "../../core/columns.ts";
import { DataError, messageOf } from "../../core/errors.ts";
import { canonicalJson, sha256 } from "../../core/hash.ts";
import type { OnProgress } from "../../core/progress.ts";
import { seededRandom } from "../../core/random.ts";
import { isoTime, timeframeMs } from "../../core/time.ts";
import {
  assertOutOfSample,
  checkBars,
  type PortfolioInput,
  type PortfolioRun,
  simulatePortfolio,
} from "../../execution/index.ts";
import { type BarSeries, sliceBars } from "../../market/bars.ts";
import { metricsOf, percentile, summariseRun } from "../../report/index.ts";
import { createRiskRule } from "../../risk/index.ts";
import { equalWeightHold, targetTape, type WantedPortfolio } from "../../signals/index.ts";
import { readTrials, recordTrial, saveRun } from "../../store/index.ts";
import type { ScanBacktest } from "../../wire/scan.ts";
import { parseRange, type RangeText, workspaceOf } from "../dataUse.ts";
import type { PipelineContext } from "../pipelineContext.ts";
import { distinctSharpes, drawn, summaryOfRun, tradeOf } from "../runResponse.ts";
import { type CandidateRow, candidateRows } from "./candidateRows.ts";
import { chosenPlaces, judgeRows } from "./judgeRows.ts";
import { scannerBars } from "./scannerBars.ts";
import { openScannerModel, type ScannerModel } from "./scannerModel.ts";
import { featureLookback } from "./scannerTable.ts";

export interface ScanBacktestRequest extends RangeText {
  readonly model?: string | undefined;
  readonly recipe?: string | undefined;
  /** a range that touches what the model has learned from is refused unless this is said */
  readonly inSample?: boolean | undefined;
}

/** Random portfolios of the baseline. */
const DRAWS = 100;

/**
 * Trades a scanner's signals over a range, the model's test range unless said otherwise: at every decision the signals of that
 * day in equal parts, bought at the next open, held until a later decision no longer has them. The run goes into the trial ledger
 * before its result is returned.
 * @throws RefusedError (exit code 4) when the range touches what the model has seen and `inSample` is not said; DataError where
 * there are too few bars
 */
export async function backtestScanner(
  context: PipelineContext,
  request: ScanBacktestRequest,
  onProgress?: OnProgress,
): Promise<ScanBacktest> {
  const workspace = await workspaceOf(context);
  const model = await openScannerModel(workspace, request);
  try {
    const { manifest } = model;
    const { recipe } = manifest;
    const asked = parseRange(request);
    const from = asked.from ?? manifest.ranges.test.from;
    const bars = await scannerBars(workspace, recipe, {
      until: asked.to,
      signal: context.signal,
      onProgress,
    });
    const to = asked.to ?? bars.bars.reduce((last, b) => Math.max(last, b.closeTime[b.length - 1]!), from);
    assertOutOfSample({ from, to }, manifest.seen, request.inSample ?? false);
    const faults = faultsOf(bars.bars, from, to, timeframeMs(recipe.universe.timeframe));
    const candidates = candidateRows(recipe, bars.bars, featureLookback(recipe), { from, to }, onProgress);
    const rows = candidates.filter(({ symbol }) => !faults.has(symbol));
    if (rows.length === 0)
      throw new DataError(
        `recipe '${recipe.name}': no candidate from ${isoTime(from)} to ${isoTime(to)}: choose another range, see ./orion data list`,
      );
    const judged = await judgeRows(model, bars, rows, { signal: context.signal, onProgress });
    const days = byDay(rows);
    const wanted = days.map(({ time, places }) => ({
      time,
      holdings: holdingsOf(model, rows, chosenPlaces(model, rows, judged, places)),
    }));
    const series = bars.bars
      .filter(({ instrument }) => !faults.has(instrument))
      .map((one) => between(one, days[0]!.time, to))
      .filter((one) => one.length >= 2);
    const input = {
      series,
      timeframeMs: timeframeMs(recipe.universe.timeframe),
      config: { ...recipe.costs, initialCash: recipe.initialCash, stop: null, target: null },
      rules: recipe.portfolio.risk.map((spec, i) => createRiskRule(spec, `portfolio.risk.${i}`)),
      onGap: recipe.universe.market === "stock" ? ("ride" as const) : ("halt" as const),
      ...(context.signal ? { stop: context.signal } : {}),
    };
    const names = series.map((one) => one.instrument);
    onProgress?.({ stage: "trading", done: 0, total: null, secondsLeft: null });
    const run = await simulatePortfolio({
      ...input,
      strategy: targetTape(wanted, names),
      trainingRange: manifest.seen,
      inSample: request.inSample,
    });
    const held = await simulatePortfolio({
      ...input,
      rules: [],
      strategy: equalWeightHold(new Map(series.map((one) => [one.instrument, one.closeTime[0]!]))),
    });
    const index = between(bars.indices[0], days[0]!.time, to);
    const indexHeld =
      index.length < 2
        ? undefined
        : await simulatePortfolio({
            ...input,
            rules: [],
            series: [index],
            strategy: equalWeightHold(new Map([[index.instrument, index.closeTime[0]!]])),
          });
    const random = await randomPortfolios(input, model, rows, days, wanted, run, names, onProgress);
    const own = metricsOf(run);
    const trial = await recordTrial(workspace, {
      recipe: recipe.name,
      configSha256: sha256(canonicalJson({ recipe })),
      dataSha256: bars.sha256,
      modelId: manifest.id,
      range: { from, to },
      metrics: {
        sharpe: own.sharpe,
        totalReturn: own.totalReturn,
        trades: own.trades,
        inSample: request.inSample ? 1 : 0,
      },
    });
    const { trials } = await readTrials(workspace);
    const summary = summariseRun(run, {
      seed: recipe.seed,
      trialSharpes: distinctSharpes(trials, recipe.name),
    });
    const result: ScanBacktest = {
      id: trial.id,
      recipe: recipe.name,
      model: manifest.id,
      symbols: names.length,
      decisions: days.length,
      decisionsWithSignals: wanted.filter(({ holdings }) => holdings.length > 0).length,
      signals: wanted.reduce((sum, { holdings }) => sum + holdings.length, 0),
      timeframe: recipe.universe.timeframe,
      range: { from: isoTime(run.time[0]!), to: isoTime(run.time[run.time.length - 1]!) },
      bars: run.time.length,
      ...summaryOfRun(summary),
      baselines: { equalWeight: metricsOf(held), index: indexHeld ? metricsOf(indexHeld) : null, random },
      pbo: null,
      inSample: run.inSample,
      valid: run.valid,
      invalidReason: run.invalidReason,
      warnings: [
        ...(manifest.failed === null ? [] : [`FAILED TRAINING: ${manifest.failed}`]),
        ...(faults.size === 0 ? [] : [`left out of trading: ${[...faults.values()].join("; ")}`]),
        "the symbols are those that are stored today: stocks that were delisted since are not among them, which flatters every figure, the baseline of equal weights too",
        ...summary.warnings,
      ],
      ordersSha256: run.ordersSha256,
      equitySha256: run.equitySha256,
      equity: drawn({ time: run.time, equity: run.equity, buyAndHold: held.equity }),
      trades: run.trades.map(tradeOf),
    };
    await saveRun(workspace, trial.id, {
      result: { ...result, equity: undefined, trades: undefined },
      equity: { time: run.time, equity: run.equity },
      trades: result.trades.map((t) => ({ ...t })),
    });
    return result;
  } finally {
    await model.close();
  }
}

/** By symbol why its bars of a range cannot be traded on: one that is no bar would fill at a price that never was. */
function faultsOf(bars: readonly BarSeries[], from: number, to: number, barMs: number): Map<string, string> {
  const faults = new Map<string, string>();
  for (const one of bars) {
    try {
      checkBars(between(one, from, to), barMs);
    } catch (thrown) {
      if (!(thrown instanceof DataError)) throw thrown;
      faults.set(one.instrument, messageOf(thrown));
    }
  }
  return faults;
}

interface Day {
  readonly time: number;
  /** of its rows */
  readonly places: readonly number[];
}

function byDay(rows: readonly CandidateRow[]): Day[] {
  const days = new Map<number, number[]>();
  for (const [place, { time }] of rows.entries()) {
    const places = days.get(time);
    if (places) places.push(place);
    else days.set(time, [place]);
  }
  return [...days].sort(([a], [b]) => a - b).map(([time, places]) => ({ time, places }));
}

function holdingsOf(
  model: ScannerModel,
  rows: readonly CandidateRow[],
  places: readonly number[],
): WantedPortfolio["holdings"] {
  const { weight } = model.manifest.recipe.portfolio;
  return places.map((place) => ({ instrument: rows[place]!.symbol, weight, reason: "BUY" }));
}

/** Rows from `from` on up to `to`, as views. */
function between(bars: BarSeries, from: number, to: number): BarSeries {
  const first = lowerBound(bars.closeTime, from, bars.length);
  const end = Math.max(first, upperBound(bars.closeTime, to, bars.length));
  return sliceBars(bars, first, end);
}

/** As many of each day's candidates as the model chose, drawn by lot: what choosing is worth beside the scan. */
async function randomPortfolios(
  input: Omit<PortfolioInput, "strategy">,
  model: ScannerModel,
  rows: readonly CandidateRow[],
  days: readonly Day[],
  wanted: readonly WantedPortfolio[],
  run: PortfolioRun,
  names: readonly string[],
  onProgress: OnProgress | undefined,
): Promise<ScanBacktest["baselines"]["random"]> {
  if (wanted.every(({ holdings }) => holdings.length === 0)) return null;
  const random = seededRandom(model.manifest.recipe.seed);
  const initial = run.config.initialCash;
  const own = run.finalEquity / initial - 1;
  const totals: number[] = [];
  const began = performance.now();
  for (let draw = 0; draw < DRAWS; draw++) {
    const portfolios = days.map(({ time, places }, d) => {
      const order = Int32Array.from(places);
      random.shuffle(order);
      return { time, holdings: holdingsOf(model, rows, [...order.subarray(0, wanted[d]!.holdings.length)]) };
    });
    const luck = await simulatePortfolio({ ...input, strategy: targetTape(portfolios, names) });
    totals.push(luck.finalEquity / initial - 1);
    const secondsLeft = ((performance.now() - began) / 1000 / (draw + 1)) * (DRAWS - draw - 1);
    onProgress?.({ stage: "random portfolios", done: draw + 1, total: DRAWS, secondsLeft });
  }
  totals.sort((a, b) => a - b);
  const below = totals.reduce((sum, value) => sum + (value < own ? 1 : value === own ? 0.5 : 0), 0);
  return {
    draws: DRAWS,
    meanReturn: totals.reduce((a, b) => a + b, 0) / DRAWS,
    low: percentile(totals, 0.05),
    high: percentile(totals, 0.95),
    beats: below / DRAWS,
  };
}
