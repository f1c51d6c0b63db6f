import { TreesDataError, TreesUsageError } from "../errors.ts";

/** values [rows, features], row-major; NaN is a missing value. May lie on a SharedArrayBuffer. */
export interface TreeTable {
  values: Float32Array;
  rows: number;
  features: number;
}

/** Classes 0 … classes - 1, or a number. */
export type TreeTask = { kind: "classes"; classes: number } | { kind: "value" };

/** A table with what is to be told: targets [rows], the class or the value; weights [rows] >= 0, 1 where not given. */
export interface TreeSet {
  table: TreeTable;
  targets: Float32Array;
  weights?: Float32Array;
}

/** What is learnt from: the set, one to judge rounds by, and how much each class counts ("balanced": rows / (classes · rows of the class)). */
export interface TreeSets {
  task: TreeTask;
  train: TreeSet;
  validation?: TreeSet;
  classWeights?: "balanced" | readonly number[];
}

/** @throws TreesDataError on a table whose size is wrong or that holds an infinite value, by row and column */
export function checkTable(what: string, { values, rows, features }: TreeTable): void {
  if (!Number.isInteger(rows) || rows < 1) throw new TreesDataError(`${what} has no rows: give at least one`);
  if (!Number.isInteger(features) || features < 1)
    throw new TreesDataError(`${what} has no features: give at least one column`);
  if (values.length !== rows * features)
    throw new TreesDataError(
      `${what} has ${values.length} values where ${rows} rows of ${features} need ${rows * features}`,
    );
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (v === Number.POSITIVE_INFINITY || v === Number.NEGATIVE_INFINITY)
      throw new TreesDataError(
        `${what} has an infinite value in row ${Math.floor(i / features)}, column ${i % features}: mark it as missing (NaN) or clip it`,
      );
  }
}

/** @throws TreesDataError on data nothing can be learnt from, TreesUsageError on sets that do not fit each other */
export function checkSets({ task, train, validation, classWeights }: TreeSets): void {
  if (task.kind === "classes" && (!Number.isInteger(task.classes) || task.classes < 2))
    throw new TreesUsageError(`${task.classes} classes: a classifier needs at least two`);
  checkSet("the training set", task, train);
  if (train.table.rows < 2)
    throw new TreesDataError("the training set has one row: nothing can be learnt from it");
  if (task.kind === "classes" && train.targets.every((t) => t === train.targets[0]))
    throw new TreesDataError(
      `the training set holds class ${train.targets[0]} only: give rows of at least two classes`,
    );
  if (validation) {
    checkSet("the validation set", task, validation);
    if (validation.table.features !== train.table.features)
      throw new TreesDataError(
        `the validation set has ${validation.table.features} features, the training set ${train.table.features}`,
      );
  }
  if (classWeights !== undefined && task.kind !== "classes")
    throw new TreesUsageError("class weights were given, but the target is a value, not a class");
  if (Array.isArray(classWeights)) {
    if (task.kind === "classes" && classWeights.length !== task.classes)
      throw new TreesUsageError(`${classWeights.length} class weights for ${task.classes} classes`);
    if (!classWeights.every((w) => Number.isFinite(w) && w > 0))
      throw new TreesUsageError("a class weight is no positive number: give one above 0 for each class");
  }
}

function checkSet(what: string, task: TreeTask, { table, targets, weights }: TreeSet): void {
  checkTable(what, table);
  if (targets.length !== table.rows)
    throw new TreesDataError(`${what} has ${targets.length} targets for ${table.rows} rows`);
  for (const [row, t] of targets.entries()) {
    if (!Number.isFinite(t))
      throw new TreesDataError(`${what} has the target ${t} in row ${row}: leave the row out`);
    if (task.kind === "classes" && (!Number.isInteger(t) || t < 0 || t >= task.classes))
      throw new TreesDataError(
        `${what} has the class ${t} in row ${row}: classes are the whole numbers 0 to ${task.classes - 1}`,
      );
  }
  if (weights === undefined) return;
  if (weights.length !== table.rows)
    throw new TreesDataError(`${what} has ${weights.length} weights for ${table.rows} rows`);
  let sum = 0;
  for (const [row, w] of weights.entries()) {
    if (!(w >= 0 && w < Number.POSITIVE_INFINITY))
      throw new TreesDataError(
        `${what} has the weight ${w} in row ${row}: weights are finite and not below 0`,
      );
    sum += w;
  }
  if (sum === 0) throw new TreesDataError(`${what} has no row with a weight above 0`);
}

/** One weight a class. Balanced: w_k = n / (K n_k), so that each class that occurs counts alike; 1 for one that does not. */
export function classWeightsOf(
  wanted: "balanced" | readonly number[],
  targets: Float32Array,
  classes: number,
): number[] {
  if (wanted !== "balanced") return [...wanted];
  const counts = new Array<number>(classes).fill(0);
  for (const t of targets) counts[t]!++;
  return counts.map((n) => (n === 0 ? 1 : targets.length / (classes * n)));
}

/** Row weights times class weights; nothing where every row counts alike. */
export function rowWeights({ task, train, classWeights }: TreeSets): Float32Array | undefined {
  if (classWeights === undefined || task.kind !== "classes") return train.weights;
  const ofClass = classWeightsOf(classWeights, train.targets, task.classes);
  return Float32Array.from(train.targets, (t, row) => ofClass[t]! * (train.weights?.[row] ?? 1));
}
