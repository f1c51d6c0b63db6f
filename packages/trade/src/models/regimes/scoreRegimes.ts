import { blockBootstrap, blockLength } from "../evaluation/blockBootstrap.ts";
import { type ClassificationReport, classificationReport } from "../evaluation/classificationReport.ts";
import type { Interval } from "../evaluation/intervals.ts";
import { logLosses } from "../evaluation/probabilityScores.ts";

export interface RegimeScoresInput {
  readonly names: readonly string[];
  /** [N] what was, in time's order */
  readonly actual: Int32Array;
  /** [N, K] of the model, of `P(regime | last known)` and of the regimes' shares, all from training rows */
  readonly model: Float64Array | Float32Array;
  readonly persistence: Float64Array;
  readonly prior: Float64Array;
  /** [N] the last regime known at each row, what persistence says */
  readonly known: Int32Array;
  /** rows of the window that a label is measured on */
  readonly windowBars: number;
  readonly seed: number;
}

export interface Gain {
  readonly difference: number;
  /** 95 % by blocks of rows; null with fewer than 8 blocks */
  readonly interval: Interval | null;
}

export interface RegimeScores {
  readonly rows: number;
  /** rows that count as one observation: as long as a mean spell, and as the label's window at least */
  readonly overlap: number;
  /** the most probable regime */
  readonly model: ClassificationReport;
  /** the regime of the largest probability over its share of the training rows: the decision that suits balanced accuracy */
  readonly modelBalanced: ClassificationReport;
  /** the last known regime goes on */
  readonly persistence: ClassificationReport;
  /** always the most frequent regime of the training rows */
  readonly prior: ClassificationReport;
  /** balanced accuracy of `modelBalanced` less that of persistence, on the same rows */
  readonly overPersistence: Gain;
  /** log loss of `P(regime | last known)` less the model's, on the same rows */
  readonly logLossGain: Gain;
  /** of both gains, whether the interval lies above 0 */
  readonly beatsPersistence: { readonly balancedAccuracy: boolean; readonly logLoss: boolean };
}

/**
 * The model beside what costs nothing, on the same unseen rows. Regimes last, so that neighbouring rows are nearly one observation:
 * intervals count rows / overlap of them, and the difference is drawn in blocks.
 */
export function scoreRegimes(input: RegimeScoresInput): RegimeScores {
  const { names, actual, known, seed } = input;
  const K = names.length;
  let changes = 0;
  for (let i = 1; i < actual.length; i++) if (actual[i] !== actual[i - 1]) changes++;
  const overlap = Math.min(actual.length, Math.max(input.windowBars, actual.length / (changes + 1)));
  const report = (probabilities: ArrayLike<number>, predicted?: ArrayLike<number>) =>
    classificationReport({
      actual,
      probabilities,
      classNames: names,
      overlap,
      ...(predicted ? { predicted } : {}),
    });
  const model = report(input.model);
  const persistence = report(input.persistence, known);
  const said = balancedDecision(input.model, input.prior, K);
  const modelBalanced = report(input.model, said);
  const columns = names.flatMap((_, c) => [
    Float64Array.from(actual, (a) => (a === c ? 1 : 0)),
    Float64Array.from(actual, (a, i) => (a === c && said[i] === c ? 1 : 0)),
    Float64Array.from(actual, (a, i) => (a === c && known[i] === c ? 1 : 0)),
  ]);
  const blocks = { block: blockLength(actual.length, overlap), seed, draws: 1000 };
  const drawn = blockBootstrap(columns, (sums) => recallDifference(sums, K), blocks);
  const losses = [logLosses(actual, input.persistence, K), logLosses(actual, input.model, K)] as const;
  const drawnLoss = blockBootstrap(losses, (sums, n) => (sums[0]! - sums[1]!) / n, blocks);
  const overPersistence = {
    difference: modelBalanced.balancedAccuracy - persistence.balancedAccuracy,
    interval: drawn?.interval ?? null,
  };
  const logLossGain = {
    difference: persistence.logLoss - model.logLoss,
    interval: drawnLoss?.interval ?? null,
  };
  const isAbove = ({ interval }: Gain): boolean => interval !== null && interval.low > 0;
  return {
    rows: actual.length,
    overlap,
    model,
    modelBalanced,
    persistence,
    prior: report(input.prior),
    overPersistence,
    logLossGain,
    beatsPersistence: { balancedAccuracy: isAbove(overPersistence), logLoss: isAbove(logLossGain) },
  };
}

/**
 * [N] argmax over k of p[k] / prior[k]: what a decision has to be for the mean recall to be largest, each regime counting
 * alike however rare it is. The most probable regime is nearly always the most frequent one. The first of equals.
 */
function balancedDecision(probabilities: ArrayLike<number>, prior: Float64Array, K: number): Int32Array {
  const over = (i: number, k: number): number => probabilities[i * K + k]! / prior[i * K + k]!;
  return Int32Array.from({ length: probabilities.length / K }, (_, i) => {
    let best = 0;
    for (let c = 1; c < K; c++) if (over(i, c) > over(i, best)) best = c;
    return best;
  });
}

/** Mean over the drawn classes of (hits of the model - hits of persistence) / rows. */
function recallDifference(sums: Float64Array, K: number): number {
  let difference = 0;
  let present = 0;
  for (let c = 0; c < K; c++) {
    const [rows, model, persistence] = [sums[3 * c]!, sums[3 * c + 1]!, sums[3 * c + 2]!];
    if (!(rows > 0.5)) continue;
    present++;
    difference += (model - persistence) / rows;
  }
  return present > 0 ? difference / present : 0;
}
