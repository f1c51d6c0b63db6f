import { z } from "zod";
import { DataError, messageOf, OrionError, UsageError } from "../../core/errors.ts";
import { canonicalJson, sha256 } from "../../core/hash.ts";
import type { OnProgress } from "../../core/progress.ts";
import { seededRandom } from "../../core/random.ts";
import { type AshaJob, promotion, rungBudgets } from "./asha.ts";
import type { SearchJournal, SearchTrial } from "./searchJournal.ts";
import { drawValues, SearchSpace, type SearchValues } from "./searchSpace.ts";
import { type Observation, proposeByTpe } from "./tpe.ts";

export const SearchConfig = z.strictObject({
  space: SearchSpace,
  sampler: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("random") }),
      z.strictObject({
        kind: z.literal("tpe"),
        startup: z.int().min(2).default(10),
        gamma: z.number().gt(0).lt(1).default(0.15),
        candidates: z.int().min(1).default(24),
      }),
    ])
    .default({ kind: "tpe", startup: 10, gamma: 0.15, candidates: 24 }),
  /** stop what does not promise much early; every evaluation has the whole budget unless given */
  halving: z
    .strictObject({
      minBudget: z.number().positive(),
      maxBudget: z.number().positive(),
      reduction: z.int().min(2).default(3),
    })
    .refine(({ minBudget, maxBudget }) => minBudget < maxBudget, {
      message: "'maxBudget' has to be above 'minBudget'",
    })
    .optional(),
  evaluations: z.int().min(1).max(1_000_000),
  /** evaluations that are proposed at once, from what was known before all of them; more run side by side */
  parallel: z.int().min(1).max(1024).default(1),
  direction: z.enum(["minimize", "maximize"]).default("minimize"),
  seed: z.int().default(0),
});
export type SearchConfig = z.output<typeof SearchConfig>;

/** The score of settings: a purged validation score, never one of rows that were learned from. */
export type SearchObjective = (
  values: SearchValues,
  context: { readonly budget: number | null; readonly seed: number; readonly signal?: AbortSignal },
) => Promise<number>;

export interface SearchPorts {
  readonly journal: SearchJournal;
  /** counts the trial in the trial ledger, before its score is used; a crash may count one twice, never none */
  count(trial: SearchTrial): Promise<void>;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

export interface SearchResult {
  readonly best: SearchTrial;
  readonly trials: readonly SearchTrial[];
}

/**
 * Seeks settings with the best score: drawn at random (Bergstra and Bengio 2012) or by TPE (`proposeByTpe`), all with the whole
 * budget or by successive halving without waiting (ASHA, `promotion`; promoted settings are evaluated anew with the larger
 * budget). What is proposed as number n depends on the configuration and on the trials before n's group of `parallel` alone,
 * so a run that goes on from a journal ends with the same trials as one that was never stopped.
 *
 * TPE under halving learns from the highest rung that has `startup` trials. A trial that is refused (an OrionError) or whose
 * score is not finite is kept as failed, counted, and taken as worse than all others.
 * @throws UsageError when the journal is of another search; DataError when it was changed, or when every trial failed
 */
export async function search(
  config: SearchConfig,
  objective: SearchObjective,
  { journal, count, signal, onProgress }: SearchPorts,
): Promise<SearchResult> {
  const id = searchId(config);
  const trials: SearchTrial[] = [...(await journal.read())];
  checkJournal(trials, id, config);
  while (trials.length < config.evaluations) {
    signal?.throwIfAborted();
    const from = trials.length - (trials.length % config.parallel);
    const group = proposeGroup(config, id, trials.slice(0, from));
    const open = group.slice(trials.length - from);
    const scored = await Promise.all(open.map((trial) => evaluate(config, objective, trial, signal)));
    for (const trial of scored) {
      await count(trial);
      await journal.append(trial);
      trials.push(trial);
      onProgress?.({
        stage: "search",
        done: trials.length,
        total: config.evaluations,
        secondsLeft: null,
        note: trial.score === null ? `failed: ${trial.reason}` : `score ${trial.score.toPrecision(5)}`,
      });
    }
  }
  return {
    best: bestOf(trials.slice(0, config.evaluations), config),
    trials: trials.slice(0, config.evaluations),
  };
}

/** Two searches with one id propose the same; more evaluations of the same search go on with its journal. */
function searchId({ evaluations: _, ...rest }: SearchConfig): string {
  return sha256(canonicalJson(rest));
}

const lossOf = ({ score }: SearchTrial, { direction }: SearchConfig): number =>
  score === null ? Number.POSITIVE_INFINITY : direction === "minimize" ? score : -score;

function checkJournal(trials: readonly SearchTrial[], id: string, config: SearchConfig): void {
  trials.forEach((trial, n) => {
    if (trial.search !== id)
      throw new UsageError(
        "search: the journal is of another search: give it another file, or the settings it began with",
      );
    if (trial.number !== n)
      throw new DataError(`search journal: trial ${trial.number} stands where trial ${n} belongs`);
  });
  for (let from = 0; from < trials.length; from += config.parallel) {
    proposeGroup(config, id, trials.slice(0, from)).forEach((proposed, i) => {
      const kept = trials[from + i];
      if (!kept) return;
      const of = ({ values, rung, settings, budget }: SearchTrial) =>
        canonicalJson({ values, rung, settings, budget });
      if (of(kept) !== of(proposed))
        throw new DataError(
          `search journal: trial ${kept.number} is not what this search proposes there: it was changed or made by ` +
            "another version, remove it to search anew",
        );
    });
  }
}

function proposeGroup(config: SearchConfig, id: string, known: readonly SearchTrial[]): SearchTrial[] {
  const budgets = config.halving ? rungBudgets(config.halving) : [null];
  const jobs: AshaJob[] = known.map((trial) => ({ ...trial, loss: lossOf(trial, config) }));
  let settings = known.reduce((most, trial) => Math.max(most, trial.settings + 1), 0);
  const count = Math.min(config.parallel, config.evaluations - known.length);
  return Array.from({ length: Math.max(count, 0) }, (_, i): SearchTrial => {
    const number = known.length + i;
    const promoted = config.halving ? promotion(jobs, budgets.length, config.halving.reduction) : undefined;
    const rung = promoted ? promoted.rung + 1 : 0;
    const values = promoted?.values ?? proposeValues(config, known, number, budgets.length);
    const job = { settings: promoted?.settings ?? settings++, rung, values };
    jobs.push({ ...job, loss: undefined });
    return {
      search: id,
      number,
      ...job,
      values: { ...values },
      budget: budgets[rung]!,
      score: null,
      reason: null,
    };
  });
}

function proposeValues(
  config: SearchConfig,
  known: readonly SearchTrial[],
  number: number,
  rungs: number,
): SearchValues {
  // a generator of its own for each number: what was drawn for others does not matter
  const random = seededRandom(Number.parseInt(sha256(`${config.seed}/${number}`).slice(0, 8), 16));
  const { sampler, space } = config;
  if (sampler.kind === "random") return drawValues(space, random);
  for (let rung = rungs - 1; rung >= 0; rung--) {
    const observed: Observation[] = known
      .filter((trial) => trial.rung === rung)
      .map((trial) => ({ values: trial.values, loss: lossOf(trial, config) }));
    if (observed.length >= sampler.startup) return proposeByTpe(space, observed, sampler, random);
  }
  return drawValues(space, random);
}

async function evaluate(
  config: SearchConfig,
  objective: SearchObjective,
  trial: SearchTrial,
  signal: AbortSignal | undefined,
): Promise<SearchTrial> {
  try {
    const score = await objective(trial.values, {
      budget: trial.budget,
      seed: config.seed,
      ...(signal ? { signal } : {}),
    });
    signal?.throwIfAborted();
    return Number.isFinite(score) ? { ...trial, score } : { ...trial, reason: `the score is ${score}` };
  } catch (error) {
    if (!(error instanceof OrionError) || signal?.aborted) throw error;
    return { ...trial, reason: messageOf(error) };
  }
}

/** The best of the highest rung that was reached: scores of smaller budgets are no scores of the whole. */
function bestOf(trials: readonly SearchTrial[], config: SearchConfig): SearchTrial {
  const whole = trials.filter(({ score }) => score !== null);
  const rung = whole.reduce((most, trial) => Math.max(most, trial.rung), 0);
  const [best] = whole
    .filter((trial) => trial.rung === rung)
    .sort((a, b) => lossOf(a, config) - lossOf(b, config) || a.number - b.number);
  if (!best)
    throw new DataError(
      `search: all ${trials.length} trials failed, the last one: ${trials.at(-1)?.reason ?? "none was run"}`,
    );
  return best;
}
