import { DataError } from "../../core/errors.ts";
import { REGIMES, type Regime, type RegimeRule } from "../../labels/index.ts";
import { type PermutationReport, permutationImportance } from "../explain/permutationImportance.ts";
import { outOfFold } from "../tabular/outOfFold.ts";
import { pickRows, pickTable } from "../tabular/pickRows.ts";
import type { FittedTabular, TabularContext, TabularData, TabularModel } from "../tabular/tabularModel.ts";
import { purgeRows } from "../validation/purgedKFold.ts";
import { regimeBaselines } from "./regimeBaselines.ts";
import type { RegimeRows } from "./regimeRows.ts";
import { type RegimeScores, scoreRegimes } from "./scoreRegimes.ts";
import { walkForwardFolds } from "./walkForwardFolds.ts";

export interface ClassifierOptions {
  /** stretches of unseen rows; 5 unless given */
  readonly folds?: number;
  /** share of the rows before the first of them; 0.4 unless given */
  readonly firstShare?: number;
  /** share of a fit's rows, the latest, that decide when to stop; 0.15 unless given */
  readonly validationShare?: number;
}

export interface RegimeForecast {
  readonly closeTime: number;
  readonly regime: Regime;
  readonly probability: number;
  /** [K] of REGIMES */
  readonly probabilities: readonly number[];
  /** the last regime that the rule knew at the time, which is `horizonBars` old */
  readonly lastKnown: Regime | null;
}

export interface ClassifiedRegimes {
  readonly scores: RegimeScores;
  readonly folds: readonly { readonly train: number; readonly test: number; readonly purged: number }[];
  /** ms UTC of the first and the last unseen row */
  readonly from: number;
  readonly to: number;
  /** of the newest bar, by a model of all labelled rows */
  readonly now: RegimeForecast;
  /** rows of that model, of which so many decided when to stop */
  readonly trainedRows: number;
  readonly validationRows: number;
  /** by permutation of groups of columns on the last stretch of unseen rows, by the model of the rows before it */
  readonly importance: PermutationReport;
  /** the model's own measures, by column */
  readonly columnImportance: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly notes: readonly string[];
}

/** Fewer labelled rows teach and prove nothing. */
const LEAST_ROWS = 300;

/**
 * Learns the regime of each row, which the rule tells afterwards, from what was known at the row's close, and foretells rows that
 * were never learned from: folds as time goes, training rows purged by `knownAt`. The same seed gives the same answer.
 * Half of a label's window lies before its row and is known there: a part of the score is telling what is, not what comes.
 * @throws DataError with too few labelled rows, one regime only, or a newest bar without columns; what the model's fit throws
 */
export async function classifyRegimes(
  rows: RegimeRows,
  rule: RegimeRule,
  model: TabularModel,
  context: TabularContext,
  { folds: count = 5, firstShare = 0.4, validationShare = 0.15 }: ClassifierOptions = {},
): Promise<ClassifiedRegimes> {
  const { usable, closeTime: time, knownAt, states, known } = rows;
  requireRows(rows);
  const spans = { time, knownAt };
  const data: TabularData = {
    table: rows.table,
    // rows without a label are in no fold
    target: { kind: "classes", classes: REGIMES, y: states },
  };
  const folds = walkForwardFolds(usable, spans, { folds: count, firstShare });
  const steps = count + 2;
  const stage = (step: number): TabularContext => ({
    ...context,
    onUpdate: (update) =>
      context.onUpdate?.({
        ...update,
        stage: "classifier",
        done: step + update.done / Math.max(1, update.total ?? 1),
        total: steps,
      }),
  });
  const told = await outOfFold(
    model,
    data,
    folds,
    {
      ...context,
      onUpdate: (update) => {
        const fold = Number(/^fold (\d+)/.exec(update.note ?? "")?.[1] ?? 1);
        stage(fold - 1).onUpdate?.(update);
      },
    },
    { validation: { share: validationShare, spans, embargoBars: 0 } },
  );
  const test = Int32Array.from(folds.flatMap((f) => [...f.test]));
  const K = REGIMES.length;
  const pick = (from: Int32Array, at: Int32Array): Int32Array => at.map((t) => from[t]!);
  const baselines = folds.map((f) =>
    regimeBaselines({ actual: pick(states, f.train), known: pick(known, f.train) }, pick(known, f.test), K),
  );
  const joined = (parts: readonly Float64Array[]): Float64Array =>
    Float64Array.from(parts.flatMap((p) => [...p]));
  const probabilities = new Float64Array(test.length * K);
  test.forEach((t, i) => {
    probabilities.set(told.predictions.subarray(t * K, (t + 1) * K), i * K);
  });
  const scores = scoreRegimes({
    names: REGIMES,
    actual: pick(states, test),
    model: probabilities,
    persistence: joined(baselines.map((b) => b.persistence)),
    prior: joined(baselines.map((b) => b.prior)),
    // every test row follows rows whose regime was known
    known: pick(known, test),
    windowBars: 2 * rule.halfBars + 1,
    seed: context.seed,
  });

  const last = folds[folds.length - 1]!;
  const judged = await fitRows(model, data, last.train, spans, validationShare, stage(count));
  let importance: PermutationReport;
  try {
    importance = await permutationImportance(judged.fitted, pickRows(data, last.test), {
      seed: context.seed,
      repeats: 5,
      groups: rows.groups,
      blockRows: Math.max(1, Math.min(2 * rule.halfBars + 1, Math.floor(last.test.length / 2))),
      ...(context.signal ? { signal: context.signal } : {}),
    });
  } finally {
    await judged.fitted.close();
  }
  const whole = await fitRows(model, data, usable, spans, validationShare, stage(count + 1));
  try {
    const at = rows.table.rows - 1;
    const said = await whole.fitted.predict(pickTable(rows.table, [at]));
    const best = said.indexOf(Math.max(...said));
    return {
      scores,
      folds: folds.map((f) => ({ train: f.train.length, test: f.test.length, purged: f.purged })),
      from: time[test[0]!]!,
      to: time[test[test.length - 1]!]!,
      now: {
        closeTime: time[at]!,
        regime: REGIMES[best]!,
        probability: said[best]!,
        probabilities: [...said],
        lastKnown: REGIMES[known[at]!] ?? null,
      },
      trainedRows: whole.rows,
      validationRows: whole.watched,
      importance,
      columnImportance: Object.fromEntries(
        Object.entries(whole.fitted.importance()).map(([measure, values]) => [
          measure,
          Object.fromEntries(values.map((v, f) => [rows.table.names[f]!, v])),
        ]),
      ),
      notes: [...told.notes, ...whole.fitted.manifest.notes],
    };
  } finally {
    await whole.fitted.close();
  }
}

function requireRows({ usable, states, table, groups }: RegimeRows): void {
  if (usable.length < LEAST_ROWS)
    throw new DataError(
      `regimes: ${usable.length} bars have a regime and a past to foretell it from, and ${LEAST_ROWS} are needed: give more bars`,
    );
  const seen = new Set(usable.map((t) => states[t]!));
  if (seen.size < 2)
    throw new DataError(
      `regimes: all ${usable.length} bars are in the regime '${REGIMES[[...seen][0]!]}': there is nothing to tell apart`,
    );
  const first = table.names.indexOf(groups.trend?.[0] ?? "");
  if (!Number.isFinite(table.values[(table.rows - 1) * table.names.length + first]!))
    throw new DataError(
      "regimes: the newest bar or one shortly before it has no price: mend the bars or end before it",
    );
}

/** A fit on rows of which the latest share, purged from the others, decides when to stop. */
async function fitRows(
  model: TabularModel,
  data: TabularData,
  rows: Int32Array,
  spans: { readonly time: Float64Array; readonly knownAt: Float64Array },
  share: number,
  context: TabularContext,
): Promise<{ fitted: FittedTabular; rows: number; watched: number }> {
  const from = Math.floor(rows.length * (1 - share));
  const watched = rows.slice(from);
  const { rows: learned } = purgeRows(rows.slice(0, from), watched, spans, 0);
  const fitted = await model.fit(pickRows(data, learned), pickRows(data, watched), context);
  return { fitted, rows: learned.length, watched: watched.length };
}
