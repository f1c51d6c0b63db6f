import { DataError, UsageError } from "../../core/errors.ts";
import type { OnProgress } from "../../core/progress.ts";
import { seededRandom } from "../../core/random.ts";
import { logLosses } from "../evaluation/probabilityScores.ts";
import { checkData, checkNames } from "../tabular/checkTabular.ts";
import type { TabularData, TabularPredictor } from "../tabular/tabularModel.ts";

export interface PermutationOptions {
  readonly seed: number;
  /** shuffles of each group; 10 unless given */
  readonly repeats?: number;
  /** columns that are shuffled together, by the group's name; each column alone unless given. A column may be in several */
  readonly groups?: Readonly<Record<string, readonly string[]>>;
  /**
   * rows of one piece: the rows are shuffled in pieces of so many neighbours, which keeps what neighbours in time have in
   * common; 1 unless given
   */
  readonly blockRows?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

export interface PermutationImportance {
  readonly group: string;
  readonly columns: readonly string[];
  /** mean over the shuffles of loss after - loss before; about 0 for what the model does not need */
  readonly drop: number;
  /** standard deviation over the shuffles */
  readonly deviation: number;
  /** 95 % interval of the mean over shuffles by Student's t. It holds the rows fixed: it is of the shuffling alone */
  readonly interval: { readonly low: number; readonly high: number };
}

export interface PermutationReport {
  /** mean log loss of classes, mean squared error of values, weighted like the rows */
  readonly loss: number;
  /** the largest drop first */
  readonly groups: readonly PermutationImportance[];
}

/** 97.5 % points of Student's t with 1 … 30 degrees of freedom (any table of it); beyond, the normal's is within 2 %. */
const T = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/**
 * How much worse a model gets when a group of columns is shuffled over the rows, together, so that their own joint
 * distribution stays and their tie to the label and to the other columns is cut (Breiman 2001; Fisher, Rudin and
 * Dominici 2019). Columns that tell the same share the drop between them: shuffle them as a group. Take rows outside of
 * training; on training rows it tells what was learned by heart as well.
 * @throws DataError with fewer than two pieces to shuffle; UsageError for a group that names no column of the model
 */
export async function permutationImportance(
  model: TabularPredictor,
  data: TabularData,
  options: PermutationOptions,
): Promise<PermutationReport> {
  const { seed, repeats = 10, blockRows = 1, signal, onProgress } = options;
  checkData(data, "rows to explain");
  const { table, target } = data;
  const { names, rows, values } = table;
  checkNames(names, model.names, "rows to explain");
  if (!Number.isInteger(repeats) || repeats < 2 || repeats > 10_000)
    throw new UsageError(`permutation: ${repeats} repeats are not possible: give 2 to 10000`);
  if (!Number.isInteger(blockRows) || blockRows < 1 || rows < 2 * blockRows)
    throw new DataError(
      `permutation: ${rows} rows are fewer than two pieces of ${blockRows}: give more rows`,
    );
  const groups = Object.entries(options.groups ?? Object.fromEntries(names.map((name) => [name, [name]])));
  const places = groups.map(([group, columns]) => {
    if (columns.length === 0) throw new UsageError(`permutation: group '${group}' has no columns`);
    return columns.map((column) => {
      const at = names.indexOf(column);
      if (at < 0) throw new UsageError(`permutation: group '${group}': the model has no column '${column}'`);
      return at;
    });
  });
  const total = data.weights ? data.weights.reduce((a, b) => a + b, 0) : rows;
  const K = model.outputs.length;
  const lossOf = async (shuffled: Float32Array): Promise<number> => {
    const told = await model.predict({ names, rows, values: shuffled }, signal ? { signal } : {});
    const losses =
      target.kind === "classes" ? logLosses(target.y, told, K) : target.y.map((y, i) => (y - told[i]!) ** 2);
    return losses.reduce((sum, v, i) => sum + (v * (data.weights?.[i] ?? 1)) / total, 0);
  };
  const loss = await lossOf(values);
  const pieces = Math.ceil(rows / blockRows);
  const random = seededRandom(seed);
  // the same shuffles for every group: groups are compared on the same draws, and their order does not matter
  const orders = Array.from({ length: repeats }, () => shuffledRows(rows, blockRows, pieces, random.shuffle));
  const found: PermutationImportance[] = [];
  for (const [g, [group, columns]] of groups.entries()) {
    const drops = new Float64Array(repeats);
    for (const [r, order] of orders.entries()) {
      signal?.throwIfAborted();
      const shuffled = values.slice();
      for (const f of places[g]!)
        for (let i = 0; i < rows; i++) shuffled[i * names.length + f] = values[order[i]! * names.length + f]!;
      drops[r] = (await lossOf(shuffled)) - loss;
      onProgress?.({
        stage: "permutation",
        done: g * repeats + r + 1,
        total: groups.length * repeats,
        secondsLeft: null,
        note: group,
      });
    }
    const drop = drops.reduce((a, b) => a + b, 0) / repeats;
    const deviation = Math.sqrt(drops.reduce((sum, v) => sum + (v - drop) ** 2, 0) / (repeats - 1));
    const half = ((T[repeats - 2] ?? 1.96) * deviation) / Math.sqrt(repeats);
    found.push({
      group,
      columns,
      drop,
      deviation,
      interval: { low: drop - half, high: drop + half },
    });
  }
  return { loss, groups: found.sort((a, b) => b.drop - a.drop || (a.group < b.group ? -1 : 1)) };
}

/** [rows] which row's values come to each row: the pieces in another order, row after row. */
function shuffledRows(
  rows: number,
  blockRows: number,
  pieces: number,
  shuffle: (values: Int32Array) => Int32Array,
): Int32Array {
  const order = shuffle(Int32Array.from({ length: pieces }, (_, p) => p));
  const found = new Int32Array(rows);
  let at = 0;
  for (const piece of order)
    for (let i = piece * blockRows; i < Math.min(rows, (piece + 1) * blockRows); i++) found[at++] = i;
  return found;
}
