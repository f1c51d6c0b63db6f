import { expect, it } from "vitest";
import type { TabularPredictor } from "../tabular/tabularModel.ts";
import { partialDependence } from "./partialDependence.ts";

const names = ["x", "s"];
/** f = x² + 3 s x, told twice: as "value" beside its opposite. */
const model: TabularPredictor = {
  names,
  outputs: ["value", "opposite"],
  predict: async ({ rows, values }) =>
    Float32Array.from({ length: rows * 2 }, (_, i) => {
      const [x, s] = [values[(i >> 1) * 2]!, values[(i >> 1) * 2 + 1]!];
      return (i % 2 === 0 ? 1 : -1) * (x * x + 3 * s * x);
    }),
  close: async () => {},
};
// x = 0, 1, 2, 3, 4 and s = -1, 0, 1, 0, 0 (mean 0)
const table = { names, rows: 5, values: Float32Array.of(0, -1, 1, 0, 2, 1, 3, 0, 4, 0) };

it("is the mean over the rows by hand, with the quantiles of their own curves", async () => {
  const found = await partialDependence(model, table, "x", "value", { points: 3, quantiles: [0, 0.5, 1] });
  // 2.5 %, 50 % and 97.5 % points of 0 … 4
  expect(found.at.map((v) => Math.round(v * 1e6) / 1e6)).toEqual([0.1, 2, 3.9]);
  [0.01, 4, 15.21].forEach((v, i) => {
    expect(found.mean[i]).toBeCloseTo(v, 5);
  });
  // at x = 2: 4 - 6, 4, 4 + 6, 4, 4
  expect(found.quantiles.map(({ values }) => values[1])).toEqual([-2, 4, 10]);
  // less x² + 3 s x at x = 0.1: -2 - (0.01 - 0.3) for s = -1
  expect(found.centred[0]!.values[1]).toBeCloseTo(-1.71, 5);
  expect(found.centred.map(({ values }) => values[0])).toEqual([0, 0, 0]);
  const opposite = await partialDependence(model, table, "x", "opposite", { points: 3 });
  opposite.mean.forEach((v, i) => {
    expect(v).toBeCloseTo(-found.mean[i]!, 5);
  });
});

it("counts missing values, and has one point where a column does not vary", async () => {
  const values = table.values.slice();
  for (const i of [0, 2]) values[i] = Number.NaN;
  const found = await partialDependence(model, { ...table, values }, "x", "value");
  expect(found.missing).toBeCloseTo(0.4, 12);
  const level = table.values.map((v, i) => (i % 2 === 0 ? 3 : v));
  expect((await partialDependence(model, { ...table, values: level }, "x", "value")).at).toEqual([3]);
});

it("refuses what it cannot draw, in one line", async () => {
  const run = (column: string, output: string, options = {}) =>
    partialDependence(model, table, column, output, options);
  await expect(run("z", "value")).rejects.toThrow(/no column 'z'/);
  await expect(run("x", "BUY")).rejects.toThrow(/no output 'BUY': choose one of value, opposite/);
  await expect(run("x", "value", { points: 1 })).rejects.toThrow(/1 points/);
  await expect(run("x", "value", { quantiles: [2] })).rejects.toThrow(/between 0 and 1/);
  const empty = { ...table, values: table.values.map((v, i) => (i % 2 === 0 ? Number.NaN : v)) };
  await expect(partialDependence(model, empty, "x", "value")).rejects.toThrow(/column 'x' has no values/);
});
