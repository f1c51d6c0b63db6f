import { seededRandom } from "../../core/random.ts";
import type { StackedRows } from "../../models/multiTask/stackedRows.ts";

/**
 * The same stack with the targets of the training rows dealt out anew, in blocks: each symbol's rows are cut into blocks of
 * `block` rows from a place drawn at random (running round at the end), and the blocks change places. All targets of a row
 * stay together, and so do neighbours; what a row's columns say of its own target is gone. Other rows stay as they are.
 * @param train rows of the stack, ascending
 */
export function permuteLabels(
  stack: StackedRows,
  train: Int32Array,
  { block, seed }: { block: number; seed: number },
): StackedRows {
  const random = seededRandom(seed);
  const source = new Int32Array(train.length);
  for (const { from, to } of stack.symbols) {
    const begin = train.findIndex((row) => row >= from);
    const own = train.filter((row) => row >= from && row < to);
    const shift = random.below(own.length || 1);
    const turned = Int32Array.from(own, (_, i) => own[(i + shift) % own.length]!);
    const blocks = random.shuffle(Array.from({ length: Math.ceil(own.length / block) }, (_, b) => b));
    const dealt = blocks.flatMap((b) => [...turned.subarray(b * block, (b + 1) * block)]);
    source.set(dealt, begin < 0 ? 0 : begin);
  }
  const targets = Object.fromEntries(
    Object.entries(stack.targets).map(([name, column]) => {
      const dealt = column.slice();
      train.forEach((row, i) => {
        dealt[row] = column[source[i]!]!;
      });
      return [name, dealt];
    }),
  );
  return { ...stack, targets };
}
