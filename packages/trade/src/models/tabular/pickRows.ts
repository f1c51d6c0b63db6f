import type { Table, TabularData } from "./tabularModel.ts";

/** The rows of a table that are named, in that order. */
export function pickTable({ names, values }: Table, rows: ArrayLike<number>): Table {
  const width = names.length;
  const picked = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++)
    picked.set(values.subarray(rows[i]! * width, (rows[i]! + 1) * width), i * width);
  return { names, rows: rows.length, values: picked };
}

/** Rows with their labels and weights. */
export function pickRows({ table, target, weights }: TabularData, rows: ArrayLike<number>): TabularData {
  const at = <A extends { [i: number]: number }>(from: A, into: A): A => {
    for (let i = 0; i < rows.length; i++) into[i] = from[rows[i]!]!;
    return into;
  };
  return {
    table: pickTable(table, rows),
    target:
      target.kind === "classes"
        ? { ...target, y: at(target.y, new Int32Array(rows.length)) }
        : { kind: "values", y: at(target.y, new Float64Array(rows.length)) },
    ...(weights ? { weights: at(weights, new Float64Array(rows.length)) } : {}),
  };
}
