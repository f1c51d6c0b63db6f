import { setImmediate } from "node:timers/promises";
import { lowerBound } from "../../core/columns.ts";
import { blockBootstrap, blockLength } from "../../models/evaluation/index.ts";
import { unionCalendar } from "../../models/multiTask/calendarSplit.ts";
import type { StackedRows } from "../../models/multiTask/stackedRows.ts";
import type { TimeSplit } from "../../models/validation/index.ts";
import type { AuditCheck, AuditPermutation } from "../../wire/audit.ts";
import type { AuditModel, AuditPipeline, HeadOfClasses } from "./auditPipeline.ts";
import type { AuditSteps } from "./auditSteps.ts";
import { permuteLabels } from "./permuteLabels.ts";

export interface PermutedLabelsOptions {
  readonly stack: StackedRows;
  readonly split: TimeSplit;
  /** fitted on the labels as they are */
  readonly model: AuditModel;
  readonly trials: number;
  readonly seed: number;
  /** rows of a class that are judged at most, evenly spaced: recalls do not depend on how a class is thinned */
  readonly rowsPerClass: number;
  readonly signal?: AbortSignal | undefined;
  readonly steps: AuditSteps;
  /** deals the training rows' labels out anew; symbol by symbol in blocks unless given */
  readonly permute?: ((seed: number) => StackedRows) | undefined;
}

/** Two-sided 99 % points of Student's t for 1 to 19 degrees of freedom; standard tables. */
const STUDENT = [
  63.657, 9.925, 5.841, 4.604, 4.032, 3.707, 3.499, 3.355, 3.25, 3.169, 3.106, 3.055, 3.012, 2.977, 2.947,
  2.921, 2.898, 2.878, 2.861,
];
const CLASSES = 3;
/** An interval that reaches further than this to a side could not tell a model that knows the answers from one that guesses. */
const WIDEST = 0.25;

/** What a head is judged on. */
interface Judged {
  readonly head: string;
  /** rows in time's order and their true classes */
  readonly rows: Int32Array;
  readonly truth: Uint8Array;
  readonly counts: readonly number[];
  /** rows that share an outcome */
  readonly overlap: number;
  readonly block: number;
  readonly tries: { seed: number; accuracy: number; interval: [number, number] | null; error: number }[];
}

/**
 * Networks trained on block-permuted labels must not tell the validation rows' true classes better than chance: the columns
 * say nothing of the labels any more, so what is left above chance got in by another way. Test rows are not touched.
 *
 * A network trained on noise is a rule drawn at random, and on rows that are alike such a rule scores above or below chance
 * by luck. The verdict is therefore on the mean over several permutations: mean +- t sqrt(s^2 / n + e^2), s the deviation
 * over the n permutations, e the standard error of the block bootstrap over the rows (of as many rows as there are whole outcomes, where there are
 * fewer than 8 blocks), at 99 %: of clean heads one in 200 is called a leak. A leak is a lower end above chance;
 * an interval of more than 25 points to a side is not judged.
 */
export async function checkPermutedLabels(
  pipeline: Pick<AuditPipeline, "heads" | "fit">,
  options: PermutedLabelsOptions,
): Promise<{ check: AuditCheck; permutation: AuditPermutation[] }> {
  const { stack, split, model, seed, signal, steps } = options;
  const trials = Math.min(options.trials, STUDENT.length + 1);
  const judged = pipeline.heads.map((head) => judgedRows(head, options));
  const horizon = Math.max(...pipeline.heads.map((head) => head.horizonBars));
  // blocks are cut symbol by symbol
  const block = blockLength(split.train.rows.length / stack.symbols.length, horizon);
  const unpermuted = await accuraciesOf(model, stack, judged);
  for (let i = 0; i < trials; i++) {
    await steps.run("trainings", "training on permuted labels", async () => {
      const drawn = seed + 1000 + i;
      const fitted = await pipeline.fit(
        {
          stack: options.permute?.(drawn) ?? permuteLabels(stack, split.train.rows, { block, seed: drawn }),
          train: split.train.rows,
          validation: split.validation.rows,
          embargoBars: split.embargoBars,
        },
        { seed: drawn, signal },
      );
      try {
        const said = await fitted.classify(stack.features, unionOf(judged));
        for (const one of judged)
          one.tries.push({ seed: drawn, ...scored(one, said[one.head]!, judged, drawn) });
      } finally {
        await fitted.close();
      }
    });
    await setImmediate();
  }
  const permutation = judged.map((one, i) => concluded(one, unpermuted[i]!));
  return { check: verdictOf(permutation, trials), permutation };
}

/** Validation rows of each class, thinned evenly, in time's order. */
function judgedRows(
  { name: head, horizonBars }: HeadOfClasses,
  { stack, split, rowsPerClass }: PermutedLabelsOptions,
): Judged {
  const column = stack.targets[head]!;
  const counts = [0, 0, 0];
  for (const row of split.validation.rows) counts[column[row]!]!++;
  const seen = [0, 0, 0];
  const kept = split.validation.rows.filter((row) => {
    const c = column[row]!;
    const every = Math.max(1, Math.ceil(counts[c]! / rowsPerClass));
    return seen[c]!++ % every === 0;
  });
  const rows = kept.sort((a, b) => stack.closeTime[a]! - stack.closeTime[b]! || a - b);
  const truth = Uint8Array.from(rows, (row) => column[row]!);
  const overlap = longestOverlap(stack, rows, horizonBars);
  return {
    head,
    rows,
    truth,
    overlap,
    counts: [0, 1, 2].map((c) => truth.reduce((n, t) => n + (t === c ? 1 : 0), 0)),
    block: blockLength(rows.length, overlap),
    tries: [],
  };
}

/** The most of the rows, of all symbols, that lie within `horizonBars` bars of one of them: these share what happened. */
export function longestOverlap(stack: StackedRows, rows: Int32Array, horizonBars: number): number {
  const calendar = unionCalendar(stack.closeTime);
  const times = Float64Array.from(rows, (row) => stack.closeTime[row]!).sort();
  let most = 1;
  let end = 0;
  times.forEach((time, i) => {
    const known = calendar[lowerBound(calendar, time) + horizonBars] ?? Number.POSITIVE_INFINITY;
    while (end < times.length && times[end]! < known) end++;
    most = Math.max(most, end - i);
  });
  return most;
}

function unionOf(judged: readonly Judged[]): Int32Array {
  return Int32Array.from(new Set(judged.flatMap((one) => [...one.rows])));
}

async function accuraciesOf(
  model: AuditModel,
  stack: StackedRows,
  judged: readonly Judged[],
): Promise<number[]> {
  const said = await model.classify(stack.features, unionOf(judged));
  return judged.map((one) => scored(one, said[one.head]!, judged, 0).accuracy);
}

/** Balanced accuracy of what was said of the union's rows, and its block bootstrap. */
function scored(
  { rows, truth, overlap, block }: Judged,
  said: ArrayLike<number>,
  judged: readonly Judged[],
  seed: number,
): { accuracy: number; interval: [number, number] | null; error: number } {
  const places = new Map(Array.from(unionOf(judged), (row, i) => [row, i]));
  const column = (one: (i: number) => boolean): Float64Array =>
    Float64Array.from(rows, (_, i) => (one(i) ? 1 : 0));
  const right = (i: number): boolean => said[places.get(rows[i]!)!] === truth[i];
  const columns = Array.from({ length: CLASSES }, (_, c) => [
    column((i) => truth[i] === c && right(i)),
    column((i) => truth[i] === c),
  ]).flat();
  const accuracyOf = (sums: ArrayLike<number>): number => {
    let [sum, classes] = [0, 0];
    for (let c = 0; c < CLASSES; c++) {
      const n = sums[2 * c + 1]!;
      if (n === 0) continue;
      sum += sums[2 * c]! / n;
      classes++;
    }
    return classes === 0 ? Number.NaN : sum / classes;
  };
  const accuracy = accuracyOf(columns.map((c) => c.reduce((a, b) => a + b, 0)));
  const drawn = blockBootstrap(columns, accuracyOf, { block, seed, draws: 1000 });
  return {
    accuracy,
    interval: drawn ? [drawn.interval.low, drawn.interval.high] : null,
    error: drawn?.standardError ?? errorOf(columns, overlap),
  };
}

/** Standard error of the mean of the recalls where rows that share an outcome count as one; Laplace's shares. */
function errorOf(columns: readonly Float64Array[], overlap: number): number {
  const total = (c: Float64Array): number => c.reduce((a, b) => a + b, 0);
  let [variance, classes] = [0, 0];
  for (let c = 0; c < CLASSES; c++) {
    const n = total(columns[2 * c + 1]!) / overlap;
    if (n === 0) continue;
    const share = (total(columns[2 * c]!) / overlap + 1) / (n + 2);
    variance += (share * (1 - share)) / Math.max(1, n);
    classes++;
  }
  return Math.sqrt(variance) / Math.max(1, classes);
}

function concluded(one: Judged, unpermuted: number): AuditPermutation {
  const { head, rows, counts, block, tries } = one;
  const n = tries.length;
  const mean = tries.reduce((sum, t) => sum + t.accuracy, 0) / n;
  const variance = tries.reduce((sum, t) => sum + (t.accuracy - mean) ** 2, 0) / (n - 1);
  const error = tries.reduce((sum, t) => sum + t.error ** 2, 0) / n;
  const half = (STUDENT[n - 2] ?? Number.NaN) * Math.sqrt(variance / n + error);
  return {
    head,
    chance: 1 / counts.filter((count) => count > 0).length,
    rows: rows.length,
    classes: [...counts],
    block,
    mean,
    interval: n > 1 ? [Math.max(0, mean - half), Math.min(1, mean + half)] : null,
    seeds: tries.map(({ seed, accuracy, interval }) => ({ seed, balancedAccuracy: accuracy, interval })),
    unpermuted,
  };
}

function verdictOf(permutation: readonly AuditPermutation[], trials: number): AuditCheck {
  const percent = (x: number): string => `${(100 * x).toFixed(1)} %`;
  const isTelling = ({ interval, mean, chance }: AuditPermutation): boolean =>
    interval !== null && chance < 1 && interval[1] - mean <= WIDEST;
  const told = permutation.map((p) => {
    const interval = p.interval ? ` [${percent(p.interval[0])}, ${percent(p.interval[1])}]` : "";
    return `${p.head}: ${percent(p.mean)}${interval}, chance ${percent(p.chance)}, ${p.rows} validation rows; with the labels as they are ${percent(p.unpermuted)}${isTelling(p) ? "" : " (too wide to tell)"}`;
  });
  const leaking = permutation.some((p) => p.interval && p.interval[0] > p.chance);
  const tells = permutation.some(isTelling);
  return {
    id: "permutedLabels",
    title: "permuted labels give chance",
    verdict: leaking ? "leak" : tells ? "clean" : "not judged",
    finding: `balanced accuracy, mean of ${trials} permutations with 99 %: ${told.join("; ")}${leaking || tells ? "" : ": give more bars"}`,
    compared: trials,
  };
}
