import { UsageError } from "../../core/errors.ts";
import type { CurriculumConfig } from "./trainingKeys.ts";

/**
 * Share of the rows that an epoch, counted from 0, draws from; with the first share s and E epochs until all are:
 *   linear   s + (1 - s) e / E
 *   root     sqrt(s^2 + (1 - s^2) e / E)
 * and 1 from e = E on. The pacing functions of Platanios et al. 2019 (arXiv 1903.09848, equations 6 and 7).
 */
export function curriculumShare(
  { startShare: s, fullAfterEpochs, pace }: Omit<CurriculumConfig, "order">,
  epoch: number,
): number {
  const way = Math.min(1, epoch / fullAfterEpochs);
  return way === 1 ? 1 : pace === "linear" ? s + (1 - s) * way : Math.sqrt(s * s + (1 - s * s) * way);
}

/**
 * Indices into `rows`, the easiest first, each class on its own: any share of the front holds the classes as all rows
 * do, since calm hours are nearly all HOLD and the loss weighs the classes by their frequency among all rows. Of equals
 * the earlier comes first; a row without a score comes last.
 *
 * @param difficulty by row of the data, larger is harder; of each row's own past and label only
 * @param classes by row of the data
 */
export function orderByDifficulty(
  rows: Int32Array,
  difficulty: Float32Array,
  classes: Float32Array,
): Int32Array {
  const scores = Float64Array.from(rows, (row) => {
    const score = difficulty[row]!;
    return Number.isFinite(score) ? score : Number.POSITIVE_INFINITY;
  });
  const before = (a: number, b: number): number =>
    scores[a]! < scores[b]! ? -1 : scores[a]! > scores[b]! ? 1 : a - b;
  const ofClass = new Map<number, number[]>();
  rows.forEach((row, i) => {
    const known = ofClass.get(classes[row]!);
    if (known) known.push(i);
    else ofClass.set(classes[row]!, [i]);
  });
  const place = new Float64Array(rows.length);
  for (const members of ofClass.values())
    members.sort(before).forEach((i, at) => {
      place[i] = (at + 0.5) / members.length;
    });
  return Int32Array.from(rows.keys()).sort((a, b) => place[a]! - place[b]! || a - b);
}

/** Which of the rows each epoch draws from, as indices into `rows`; at least a batch. */
export function curriculumRows(
  config: CurriculumConfig,
  data: { rows: Int32Array; difficulty?: Float32Array | undefined; classes: Float32Array; batch: number },
): (epoch: number) => Int32Array {
  const { rows, difficulty, classes, batch } = data;
  if (!difficulty)
    throw new UsageError("training.curriculum: these data have no score of difficulty to order the rows by");
  const order = orderByDifficulty(rows, difficulty, classes);
  return (epoch) =>
    order.subarray(0, Math.max(batch, Math.ceil(curriculumShare(config, epoch) * rows.length)));
}
