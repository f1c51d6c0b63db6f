import { DataError, UsageError } from "../../core/errors.ts";
import type { Table, TabularData } from "./tabularModel.ts";

/** @throws DataError unless the table is whole: names once each, as many values as rows and names, none infinite */
export function checkTable({ names, rows, values }: Table, what = "table"): void {
  if (!Number.isSafeInteger(rows) || rows < 1)
    throw new DataError(`${what}: ${rows} rows: give at least one`);
  if (names.length === 0) throw new DataError(`${what}: no columns: give at least one feature`);
  if (values.length !== rows * names.length)
    throw new DataError(
      `${what}: ${values.length} values for ${rows} rows of ${names.length} columns: give rows x columns of them`,
    );
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new DataError(`${what}: two columns are named '${name}': rename one`);
    seen.add(name);
  }
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (v === Number.POSITIVE_INFINITY || v === Number.NEGATIVE_INFINITY)
      throw new DataError(
        `${what}: row ${Math.floor(i / names.length)}, column '${names[i % names.length]}' is infinite: ` +
          "mark a missing value as NaN, and scale what lies beyond 32-bit floats",
      );
  }
}

/** @throws DataError unless rows, labels and weights belong together and are finite */
export function checkData(data: TabularData, what = "training rows"): void {
  const { table, target, weights } = data;
  checkTable(table, what);
  if (target.y.length !== table.rows)
    throw new DataError(`${what}: ${target.y.length} labels for ${table.rows} rows`);
  if (target.kind === "classes") {
    if (target.classes.length < 2)
      throw new DataError(`${what}: ${target.classes.length} class to tell apart: give two or more`);
    target.y.forEach((c, i) => {
      if (!(c >= 0 && c < target.classes.length))
        throw new DataError(
          `${what}: the label of row ${i} is ${c}, none of ${target.classes.length} classes`,
        );
    });
  } else {
    target.y.forEach((v, i) => {
      if (!Number.isFinite(v))
        throw new DataError(`${what}: the label of row ${i} is ${v}: leave out rows without a finite label`);
    });
  }
  if (!weights) return;
  if (weights.length !== table.rows)
    throw new DataError(`${what}: ${weights.length} weights for ${table.rows} rows`);
  let sum = 0;
  weights.forEach((w, i) => {
    if (!(w >= 0 && w < Number.POSITIVE_INFINITY))
      throw new DataError(`${what}: the weight of row ${i} is ${w}: weights are finite and not negative`);
    sum += w;
  });
  if (!(sum > 0 && sum < Number.POSITIVE_INFINITY))
    throw new DataError(`${what}: the weights sum to ${sum}: a positive finite sum is needed`);
}

/**
 * Training and validation rows of one model: whole, of the same columns and the same target.
 * @throws DataError that names what does not fit; UsageError when the model cannot learn this kind of target
 */
export function checkFit(
  model: { kind: string; learns: readonly ("classes" | "values")[] },
  train: TabularData,
  validation: TabularData | undefined,
): void {
  if (!model.learns.includes(train.target.kind))
    throw new UsageError(
      `model '${model.kind}' learns ${model.learns.join(" or ")}, not ${train.target.kind}: choose another model`,
    );
  checkData(train);
  if (!validation) return;
  checkData(validation, "validation rows");
  checkNames(validation.table.names, train.table.names, "validation rows");
  const [a, b] = [train.target, validation.target];
  if (
    a.kind !== b.kind ||
    (a.kind === "classes" && b.kind === "classes" && a.classes.join("\n") !== b.classes.join("\n"))
  )
    throw new DataError("validation rows: their target is another than that of the training rows");
}

/** @throws DataError that names the first column which is another or elsewhere */
export function checkNames(found: readonly string[], expected: readonly string[], what: string): void {
  if (found.length !== expected.length)
    throw new DataError(`${what}: ${found.length} columns where the model reads ${expected.length}`);
  expected.forEach((name, i) => {
    if (found[i] !== name)
      throw new DataError(
        `${what}: column ${i} is '${found[i]}' where the model reads '${name}': give its columns in its order`,
      );
  });
}
