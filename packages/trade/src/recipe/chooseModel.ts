import type { Interval } from "../models/index.ts";

/** A model as the rule sees it. */
export interface Candidate {
  readonly id: string;
  readonly parameters: number;
  /** mean over the validation rows; the same rows for all candidates */
  readonly validationLoss: number;
  /** why its training counts as failed, or null */
  readonly failed: string | null;
}

export interface ModelChoice {
  readonly model: string;
  /** what speaks for it, in one sentence */
  readonly reason: string;
}

/** The rule by which `chooseModel` chooses, for those who read its answer. */
export const CHOICE_RULE =
  "of the trainings that did not fail, the lowest mean log loss on the validation rows; of those whose 95 % interval of the difference from it holds 0, the one with the fewest parameters (after the one-standard-error rule, Hastie, Tibshirani & Friedman, The Elements of Statistical Learning, 7.10, with the paired interval in the place of one standard error). Never by test rows: the best of several on the test rows is partly luck, and its figure there would promise too much";

/**
 * Chooses a model by `CHOICE_RULE`. Where all failed it chooses among them and says so.
 * @param difference paired interval of the validation loss of `other` less that of `best`; null when it cannot be told,
 * then the smaller one is not preferred
 */
export function chooseModel(
  candidates: readonly Candidate[],
  difference: (best: Candidate, other: Candidate) => Interval | null,
): ModelChoice | null {
  const sound = candidates.filter((c) => c.failed === null);
  const pool = sound.length > 0 ? sound : candidates;
  const [first] = pool;
  if (!first) return null;
  const best = pool.reduce((a, b) => (b.validationLoss < a.validationLoss ? b : a), first);
  const alike = pool.filter((other) => {
    if (other === best) return true;
    const interval = difference(best, other);
    return interval !== null && interval.low <= 0 && interval.high >= 0;
  });
  const chosen = alike.reduce((a, b) => (isSmaller(b, a) ? b : a), best);
  const warning = sound.length > 0 ? "" : "; every one of these trainings has failed";
  const loss = (c: Candidate): string => c.validationLoss.toFixed(4);
  return {
    model: chosen.id,
    reason:
      chosen === best
        ? `the lowest validation loss, ${loss(best)}, and none smaller is as good within its interval${warning}`
        : `its validation loss ${loss(chosen)} cannot be told from the lowest, ${loss(best)} of ${best.id}, and it has ${chosen.parameters} parameters instead of ${best.parameters}${warning}`,
  };
}

function isSmaller(a: Candidate, b: Candidate): boolean {
  return (
    a.parameters < b.parameters || (a.parameters === b.parameters && a.validationLoss < b.validationLoss)
  );
}
