import type { SearchValues } from "./searchSpace.ts";

export interface AshaOptions {
  /** what a first try may cost: epochs, rounds, or whatever the objective makes of it */
  readonly minBudget: number;
  /** what nothing may cost more than */
  readonly maxBudget: number;
  /** η: one in so many is promoted, to η times the budget */
  readonly reduction: number;
}

/** A piece of work that was given away; `loss` is undefined while it is not done, infinite where it failed. */
export interface AshaJob {
  /** of the settings: the same in every rung they reach */
  readonly settings: number;
  readonly rung: number;
  readonly values: SearchValues;
  readonly loss: number | undefined;
}

/** Budgets of the rungs: minBudget η^k, the last one maxBudget. */
export function rungBudgets({ minBudget, maxBudget, reduction }: AshaOptions): number[] {
  const budgets: number[] = [];
  for (let budget = minBudget; budget < maxBudget; budget *= reduction) budgets.push(budget);
  return [...budgets, maxBudget];
}

/**
 * The settings to promote, if any: from the highest rung down, one that is among the best ⌊n / η⌋ of the n that are done in
 * its rung and that has not been promoted. undefined: try new settings in the lowest rung. So no worker waits for a rung to
 * fill. Source: Li, Jamieson, Rostamizadeh, Gonina, Ben-tzur, Hardt, Recht and Talwalkar 2020, algorithm 2.
 */
export function promotion(jobs: readonly AshaJob[], rungs: number, reduction: number): AshaJob | undefined {
  for (let rung = rungs - 2; rung >= 0; rung--) {
    const done = jobs
      .filter((job) => job.rung === rung && job.loss !== undefined)
      .sort((a, b) => (a.loss! < b.loss! ? -1 : a.loss! > b.loss! ? 1 : a.settings - b.settings));
    const promoted = new Set(jobs.filter((job) => job.rung === rung + 1).map((job) => job.settings));
    const next = done
      .slice(0, Math.floor(done.length / reduction))
      .find((job) => !promoted.has(job.settings) && Number.isFinite(job.loss));
    if (next) return next;
  }
  return undefined;
}
