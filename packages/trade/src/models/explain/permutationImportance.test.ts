import { describe, expect, it } from "vitest";
import { seededRandom } from "../../core/random.ts";
import { plantedRows } from "../tabular/tabularContract.ts";
import type { TabularData, TabularPredictor } from "../tabular/tabularModel.ts";
import { permutationImportance } from "./permutationImportance.ts";

/** Answers a formula of the row. */
const formula = (names: readonly string[], of: (row: Float32Array) => number): TabularPredictor => ({
  names,
  outputs: ["value"],
  predict: async ({ rows, values }) =>
    Float32Array.from({ length: rows }, (_, i) =>
      of(values.subarray(i * names.length, (i + 1) * names.length)),
    ),
  close: async () => {},
});

const names = ["a", "b", "c"];
/** y = 2 a + b with a, b, c independent and uniform on [-1, 1]: variance 1/3 each. */
function rowsOf(rows: number): TabularData {
  const random = seededRandom(1);
  const values = Float32Array.from({ length: rows * 3 }, () => 2 * random.next() - 1);
  const y = Float64Array.from({ length: rows }, (_, i) => 2 * values[i * 3]! + values[i * 3 + 1]!);
  return { table: { names, rows, values }, target: { kind: "values", y } };
}

describe("permutationImportance", () => {
  it("is twice the variance that a column brings: 2 · 4/3 and 2 · 1/3, by theory", async () => {
    // E (2 a - 2 a')² = 2 · 4 · Var a for an independent copy a'; a column that is not read drops exactly 0
    const model = formula(names, ([a, b]) => 2 * a! + b!);
    const { loss, groups } = await permutationImportance(model, rowsOf(4000), { seed: 2 });
    expect(loss).toBeCloseTo(0, 10);
    expect(groups.map(({ group }) => group)).toEqual(["a", "b", "c"]);
    expect(groups[0]!.drop).toBeCloseTo(8 / 3, 0);
    expect(groups[1]!.drop).toBeCloseTo(2 / 3, 1);
    expect([groups[2]!.drop, groups[2]!.deviation]).toEqual([0, 0]);
    for (const { drop, interval } of groups) {
      expect(interval.low).toBeLessThanOrEqual(drop);
      expect(interval.high).toBeGreaterThanOrEqual(drop);
    }
  });

  it("shuffles a group together: what two columns tell only by their difference is not lost", async () => {
    const data = rowsOf(500);
    const model = formula(names, ([a, b]) => a! - b!);
    const y = Float64Array.from(
      { length: 500 },
      (_, i) => data.table.values[i * 3]! - data.table.values[i * 3 + 1]!,
    );
    const own: TabularData = { ...data, target: { kind: "values", y } };
    const groups = { both: ["a", "b"], a: ["a"], none: ["c"] };
    const report = await permutationImportance(model, own, { seed: 2, groups });
    const drop = (group: string) => report.groups.find((g) => g.group === group)!.drop;
    // both shuffled: 2 Var(a - b) = 4/3; a alone: 2 Var(a) = 2/3
    expect(drop("both")).toBeCloseTo(4 / 3, 0);
    expect(drop("a")).toBeCloseTo(2 / 3, 0);
    expect(drop("both")).toBeGreaterThan(1.6 * drop("a"));
    expect(drop("none")).toBe(0);
  });

  it("is the same for the same seed and for groups in another order, and moves whole pieces", async () => {
    const data = rowsOf(90);
    const model = formula(names, ([a, b]) => 2 * a! + b!);
    const report = (groups: Record<string, string[]>, blockRows = 1) =>
      permutationImportance(model, data, { seed: 7, repeats: 3, groups, blockRows });
    const one = await report({ a: ["a"], b: ["b"] });
    expect(await report({ b: ["b"], a: ["a"] })).toEqual(one);
    expect(await report({ a: ["a"], b: ["b"] }, 30)).not.toEqual(one);
  });

  it("refuses what it cannot shuffle, in one line, and stops", async () => {
    const data = rowsOf(10);
    const model = formula(names, ([a]) => a!);
    const run = (options: object) => permutationImportance(model, data, { seed: 1, ...options });
    await expect(run({ groups: { g: ["z"] } })).rejects.toThrow(/group 'g': the model has no column 'z'/);
    await expect(run({ groups: { g: [] } })).rejects.toThrow(/group 'g' has no columns/);
    await expect(run({ repeats: 1 })).rejects.toThrow(/1 repeats/);
    await expect(run({ blockRows: 6 })).rejects.toThrow(/fewer than two pieces of 6/);
    await expect(run({ signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
    await expect(permutationImportance(model, plantedRows("values", 10), { seed: 1 })).rejects.toThrow(
      /columns/,
    );
  });
});
