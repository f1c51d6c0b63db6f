import { seededRandom } from "../../../core/random.ts";

/**
 * Which row's label each row gets: rows in time's order are cut into blocks of `days` whole days of decision, from a day drawn
 * at random (running round at the end), and the blocks change places. Labels of one day, which share the market's move, and
 * of neighbouring days stay together; what a row's columns say of its own label is gone.
 * @param time by row, ms UTC, ascending
 * @returns [rows] places, each once
 */
export function permuteDays(
  time: ArrayLike<number>,
  { days, seed }: { readonly days: number; readonly seed: number },
): Int32Array {
  const random = seededRandom(seed);
  const rowsOfDays: number[][] = [];
  for (let i = 0; i < time.length; i++) {
    if (i === 0 || time[i] !== time[i - 1]) rowsOfDays.push([]);
    rowsOfDays.at(-1)!.push(i);
  }
  const count = rowsOfDays.length;
  const shift = random.below(count || 1);
  const turned = rowsOfDays.map((_, d) => rowsOfDays[(d + shift) % count]!);
  const blocks = random.shuffle(Array.from({ length: Math.ceil(count / days) }, (_, b) => b));
  return Int32Array.from(blocks.flatMap((b) => turned.slice(b * days, (b + 1) * days).flat()));
}
