import { setImmediate } from "node:timers/promises";
import { z } from "zod";
import { DataError } from "../../../core/errors.ts";
import type { OnProgress } from "../../../core/progress.ts";
import { seededRandom } from "../../../core/random.ts";
import { baumWelchStep, type StepRules } from "./baumWelchStep.ts";
import { checkHmmRows, type GaussianHmm, type HmmRows } from "./gaussianHmm.ts";
import { orderStates } from "./orderStates.ts";
import { startHmm } from "./startHmm.ts";

export const HmmConfig = z.strictObject({
  states: z.int().min(1).max(20).default(3),
  covariance: z.enum(["diagonal", "full"]).default("full"),
  /** fits from different starts, of which the likeliest is kept */
  restarts: z.int().min(1).max(1000).default(6),
  /** steps of every start before the likeliest alone goes on to the end (Biernacki, Celeux and Govaert 2003, "em-EM") */
  trialIterations: z.int().min(1).max(10_000).default(30),
  /** steps in all of the one that goes on */
  iterations: z.int().min(1).max(100_000).default(500),
  /** a gain of less log likelihood a row than this ends the fit */
  tolerance: z.number().positive().max(1).default(1e-7),
  /** least variance of a state, as a share of the column's over all rows */
  varianceFloor: z.number().positive().max(0.5).default(1e-3),
});
export type HmmConfig = z.output<typeof HmmConfig>;

export interface HmmFit {
  readonly model: GaussianHmm;
  /** of all rows under the model */
  readonly logLikelihood: number;
  /** free parameters: K - 1 + K (K - 1) + K D + K (D, or D (D + 1) / 2 of full covariances) */
  readonly parameters: number;
  /** parameters ln T - 2 logLikelihood; less is better */
  readonly bic: number;
  readonly rows: number;
  readonly converged: boolean;
  /** steps of the start that was kept */
  readonly iterations: number;
  /** which start was kept, and the log likelihood of each after its trial */
  readonly restart: number;
  readonly trials: readonly number[];
  /** log likelihood before each step of the kept start: it never falls */
  readonly history: readonly number[];
}

export interface HmmContext {
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

interface Run {
  model: GaussianHmm;
  logLikelihood: number;
  converged: boolean;
  history: number[];
}

/**
 * A Gaussian hidden Markov model of maximum likelihood by Baum-Welch from several starts. States are ordered by the variance
 * of the first column, the least first: they keep their numbers from fit to fit.
 * The same seed gives the same model. A local maximum may remain: `trials` tells how far the starts agreed.
 * @throws DataError without enough rows, for a column that does not vary or rows that are not finite
 */
export async function fitHmm(data: HmmRows, config: HmmConfig, context: HmmContext): Promise<HmmFit> {
  const rules = rulesOf(data, config);
  const { states, restarts, iterations } = config;
  const D = data.names.length;
  const random = seededRandom(context.seed);
  const runs: Run[] = [];
  for (let r = 0; r < restarts; r++) {
    const run = begin(startHmm(data, states, config.covariance, rules, r, random));
    await climb(run, data, rules, config, Math.min(config.trialIterations, iterations), context, (done) =>
      context.onProgress?.({
        stage: "fitting",
        done: r + done,
        total: restarts + 1,
        secondsLeft: null,
        note: `${states} states, start ${r + 1} of ${restarts}`,
      }),
    );
    runs.push(run);
  }
  const trials = runs.map((run) => run.logLikelihood);
  const restart = trials.indexOf(Math.max(...trials));
  const run = runs[restart]!;
  await climb(run, data, rules, config, iterations, context, (done) =>
    context.onProgress?.({
      stage: "fitting",
      done: restarts + done,
      total: restarts + 1,
      secondsLeft: null,
      note: `${states} states, the likeliest start`,
    }),
  );
  const covariances = config.covariance === "full" ? (D * (D + 1)) / 2 : D;
  const parameters = states - 1 + states * (states - 1) + states * (D + covariances);
  return {
    model: orderStates(run.model),
    logLikelihood: run.logLikelihood,
    parameters,
    bic: parameters * Math.log(data.rows) - 2 * run.logLikelihood,
    rows: data.rows,
    converged: run.converged,
    iterations: run.history.length,
    restart,
    trials,
    history: run.history,
  };
}

function begin(model: GaussianHmm): Run {
  return { model, logLikelihood: Number.NEGATIVE_INFINITY, converged: false, history: [] };
}

/** Steps until the gain ends or `limit` steps are made; `logLikelihood` is that of the model it leaves. */
async function climb(
  run: Run,
  data: HmmRows,
  rules: StepRules,
  { tolerance }: HmmConfig,
  limit: number,
  { signal }: HmmContext,
  onStep: (done: number) => void,
): Promise<void> {
  const before = run.history.length;
  for (;;) {
    await setImmediate();
    signal?.throwIfAborted();
    // a step tells the likelihood of the model that it begins with
    const { model, logLikelihood } = baumWelchStep(run.model, data, rules);
    const gain = logLikelihood - run.logLikelihood;
    run.logLikelihood = logLikelihood;
    run.converged = gain < tolerance * data.rows;
    if (run.converged || run.history.length >= limit) return;
    run.history.push(logLikelihood);
    run.model = model;
    onStep((run.history.length - before) / (limit - before));
  }
}

function rulesOf(data: HmmRows, { states, varianceFloor }: HmmConfig): StepRules {
  checkHmmRows(data);
  const D = data.names.length;
  const least = 10 * states * (D + 1);
  if (data.rows < least)
    throw new DataError(
      `hmm: ${data.rows} rows are too few for ${states} states of ${D} columns: give ${least} or more, or fewer states`,
    );
  const deviations = new Float64Array(D);
  for (let d = 0; d < D; d++) {
    let mean = 0;
    for (let t = 0; t < data.rows; t++) mean += data.values[t * D + d]! / data.rows;
    let squares = 0;
    let largest = 0;
    for (let t = 0; t < data.rows; t++) {
      const v = data.values[t * D + d]!;
      squares += (v - mean) ** 2 / data.rows;
      largest = Math.max(largest, Math.abs(v));
    }
    deviations[d] = Math.sqrt(squares);
    if (!(deviations[d]! > 1e-12 * largest && deviations[d]! < 1e150))
      throw new DataError(
        `hmm: column '${data.names[d]}' ${deviations[d]! < 1e150 ? "does not vary" : "is beyond what doubles square"}: leave it out or scale it`,
      );
  }
  return { deviations, varianceFloor };
}
