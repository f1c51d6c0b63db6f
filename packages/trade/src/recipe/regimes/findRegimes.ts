import { DataError, UsageError } from "../../core/errors.ts";
import { createPart } from "../../core/parts.ts";
import type { OnProgress } from "../../core/progress.ts";
import { isoTime, timeframeMs } from "../../core/time.ts";
import { REGIME_MEANINGS, REGIMES, RegimeRule, regimeLabels } from "../../labels/index.ts";
import type { BarSeries } from "../../market/bars.ts";
import {
  type ClassifiedRegimes,
  classifyRegimes,
  type RegimeRows,
  regimeRows,
  regimeStatistics,
  type TabularModel,
  tabularParts,
} from "../../models/index.ts";
import { parseRange, recipeBars, workspaceOf } from "../dataUse.ts";
import type { PipelineContext } from "../pipelineContext.ts";
import { hmmRegimes } from "./hmmRegimes.ts";
import { parseRegimeQuery, type RegimeQuery, type RegimeQueryInput } from "./regimeQuery.ts";
import { type ClassifierReport, describePast, type LastKnown, type RegimeReport } from "./regimeReport.ts";

/**
 * The regimes of stored bars: what the past was, told afterwards, and what can be said now from what is known now, with how well that
 * was foretold on bars that the model had not seen.
 * @throws UsageError for an option that is not possible; DataError with too few bars, prices that do not move, one regime only
 */
export async function findRegimes(
  context: PipelineContext,
  input: RegimeQueryInput,
  onProgress?: OnProgress,
): Promise<RegimeReport> {
  const query = parseRegimeQuery(input);
  timeframeMs(query.timeframe);
  const { symbol, timeframe, market, prices } = query;
  const bars = await recipeBars(
    await workspaceOf(context),
    { universe: { symbols: [symbol], timeframe, market, prices } },
    parseRange(query),
  );
  const head = {
    symbol,
    timeframe,
    market,
    prices,
    method: query.method,
    seed: query.seed,
    bars: bars.length,
    from: isoTime(bars.closeTime[0]!),
    to: isoTime(bars.closeTime[bars.length - 1]!),
  };
  if (query.method === "hmm") {
    const told = await hmmRegimes(bars, query.states, {
      seed: query.seed,
      signal: context.signal,
      onProgress,
    });
    return { ...head, ...told, meanings: null, lastKnown: null, rule: null, classifier: null };
  }
  // a market that closes has no bars over night and at the weekend; in one that never does a hole is missing data
  const rule = RegimeRule.parse({ gaps: market === "stock" ? "allow" : "drop" });
  const rows = regimeRows(bars, rule);
  const past = {
    regimes: REGIMES,
    meanings: REGIME_MEANINGS,
    past: describePast("rule", rows.states, bars.closeTime, REGIMES),
    statistics: regimeStatistics(rows.states, REGIMES),
    lastKnown: lastKnownOf(rows),
    rule: { kind: regimeLabels.kind, ...rule, horizonBars: rows.horizonBars },
    hmm: null,
  };
  if (query.method === "rule") return { ...head, ...past, now: null, classifier: null };
  const found = await classify(bars, rows, rule, query, context, onProgress);
  return {
    ...head,
    ...past,
    now: {
      time: isoTime(found.now.closeTime),
      regime: found.now.regime,
      probability: found.now.probability,
      probabilities: Object.fromEntries(REGIMES.map((name, k) => [name, found.now.probabilities[k]!])),
      by: `${query.model}, of ${found.trainedRows} labelled bars`,
    },
    classifier: classifierReport(found, query),
  };
}

async function classify(
  bars: BarSeries,
  rows: RegimeRows,
  rule: RegimeRule,
  query: RegimeQuery,
  { signal }: PipelineContext,
  onProgress?: OnProgress,
): Promise<ClassifiedRegimes> {
  const model = createPart<TabularModel>(tabularParts, { kind: query.model }, "regimes.model");
  if (!model.learns.includes("classes"))
    throw new UsageError(
      `regimes.model: '${query.model}' learns no classes: choose another, such as lightgbm`,
    );
  try {
    return await classifyRegimes(rows, rule, model, {
      seed: query.seed,
      ...(signal ? { signal } : {}),
      onUpdate: (update) => onProgress?.(update),
    });
  } catch (error) {
    if (error instanceof DataError)
      throw new DataError(`${bars.instrument} ${query.timeframe}: ${error.message}`, { cause: error });
    throw error;
  }
}

function lastKnownOf({ states, closeTime, knownAt }: RegimeRows): LastKnown | null {
  const at = states.findLastIndex((s) => s >= 0);
  return at < 0
    ? null
    : { regime: REGIMES[states[at]!]!, at: isoTime(closeTime[at]!), knownAt: isoTime(knownAt[at]!) };
}

function classifierReport(found: ClassifiedRegimes, { model }: RegimeQuery): ClassifierReport {
  return {
    model,
    trainedRows: found.trainedRows,
    validationRows: found.validationRows,
    unseen: { from: isoTime(found.from), to: isoTime(found.to), folds: found.folds },
    scores: found.scores,
    importance: found.importance.groups.map(({ group, columns, drop, interval }) => ({
      group,
      columns,
      lossRise: drop,
      interval,
    })),
    columnImportance: found.columnImportance,
    notes: found.notes,
  };
}
