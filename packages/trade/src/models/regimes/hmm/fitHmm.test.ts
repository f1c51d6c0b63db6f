import fc from "fast-check";
import { expect, test } from "vitest";
import { DataError } from "../../../core/errors.ts";
import { seededRandom } from "../../../core/random.ts";
import { chooseHmm } from "./chooseHmm.ts";
import { fitHmm, HmmConfig } from "./fitHmm.ts";
import { floorCovariance } from "./floorCovariance.ts";
import {
  decodeHmm,
  filterHmm,
  type GaussianHmm,
  type HmmRows,
  openHmm,
  saveHmm,
  smoothHmm,
} from "./gaussianHmm.ts";
import { simulateHmm } from "./simulateHmm.ts";

const calmAndWild: GaussianHmm = {
  kind: "gaussianHmm",
  names: ["return"],
  covariance: "full",
  initial: [0.5, 0.5],
  transition: [
    [0.98, 0.02],
    [0.05, 0.95],
  ],
  means: [[0.001], [-0.002]],
  covariances: [[[0.0001]], [[0.0016]]],
};
const rowsOf = (values: readonly number[], names = ["x"]): HmmRows => ({
  names,
  rows: values.length / names.length,
  values: Float64Array.from(values),
});
const config = (given: object = {}) => HmmConfig.parse({ restarts: 4, ...given });

test("finds the parameters that rows were drawn from, whatever the seed of the fit", async () => {
  const data = simulateHmm(calmAndWild, 5000, 7);
  const fit = await fitHmm(data, config({ states: 2 }), { seed: 1 });
  expect(fit.converged).toBe(true);
  const { transition, covariances, means } = fit.model;
  // 5,000 rows: standard errors are about 0.003 and 0.008 of the shares of staying, 2 % of the deviations
  expect(Math.abs(transition[0]![0]! - 0.98)).toBeLessThan(0.01);
  expect(Math.abs(transition[1]![1]! - 0.95)).toBeLessThan(0.025);
  expect(Math.sqrt(covariances[0]![0]![0]!) / 0.01).toBeCloseTo(1, 1);
  expect(Math.sqrt(covariances[1]![0]![0]!) / 0.04).toBeCloseTo(1, 1);
  expect(Math.abs(means[0]![0]! - 0.001)).toBeLessThan(0.0006);
  const other = await fitHmm(data, config({ states: 2 }), { seed: 99 });
  expect(other.model.transition[0]![0]).toBeCloseTo(transition[0]![0]!, 3);
  expect((await fitHmm(data, config({ states: 2 }), { seed: 1 })).model).toEqual(fit.model);
  // told apart as well as two such states can be; the smoothed and the decoded look ahead and do better than the filtered
  const right = (shares: Float64Array) =>
    data.states.filter((k, t) => shares[t * 2 + k]! > 0.5).length / data.rows;
  const filtered = right(filterHmm(fit.model, data).shares);
  const smoothed = right(smoothHmm(fit.model, data).shares);
  expect(filtered).toBeGreaterThan(0.9);
  expect(smoothed).toBeGreaterThan(filtered);
  const { path } = decodeHmm(fit.model, data);
  expect(path.filter((k, t) => k === data.states[t]).length / data.rows).toBeGreaterThan(filtered);
}, 30_000);

test("two columns that move together: full covariances, and BIC counts the states", async () => {
  const model: GaussianHmm = {
    ...calmAndWild,
    names: ["x", "y"],
    means: [
      [0, 0],
      [0, 3],
    ],
    covariances: [
      [
        [1, 0.6],
        [0.6, 1],
      ],
      [
        [4, -1],
        [-1, 1],
      ],
    ],
  };
  const data = simulateHmm(model, 1500, 3);
  const { best, fits } = await chooseHmm(data, [3, 1, 2], config(), { seed: 5 });
  expect(fits.map((f) => f.model.initial.length)).toEqual([1, 2, 3]);
  expect(best.model.initial).toHaveLength(2);
  expect(best.model.covariances[0]![0]![1]).toBeCloseTo(0.6, 0);
  expect(best.model.covariances[1]![0]![1]).toBeLessThan(-0.6);
  // K - 1 + K (K - 1) + 5 K
  expect(fits.map((f) => f.parameters)).toEqual([5, 13, 23]);
  expect(best.bic).toBeCloseTo(13 * Math.log(1500) - 2 * best.logLikelihood, 9);
  // one state is the Gaussian of all rows: its log likelihood by the moments, -T/2 (2 ln 2 pi + ln |C| + 2)
  const mean = [0, 1].map((d) => data.values.filter((_, i) => i % 2 === d).reduce((a, b) => a + b) / 1500);
  const c = (a: number, b: number) => {
    let sum = 0;
    for (let t = 0; t < 1500; t++)
      sum += (data.values[2 * t + a]! - mean[a]!) * (data.values[2 * t + b]! - mean[b]!);
    return sum / 1500;
  };
  const determinant = c(0, 0) * c(1, 1) - c(0, 1) ** 2;
  expect(fits[0]!.logLikelihood).toBeCloseTo(
    -750 * (2 * Math.log(2 * Math.PI) + Math.log(determinant) + 2),
    6,
  );
}, 30_000);

test("the likelihood never falls, and the order of states is that of their variance", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 1000 }),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom("diagonal", "full"),
      async (seed, states, covariance) => {
        const random = seededRandom(seed);
        const data = rowsOf(
          Array.from({ length: 300 }, (_, i) => (random.next() - 0.5) * (i % 90 < 40 ? 1 : 5)),
          ["x", "y"],
        );
        const fit = await fitHmm(data, config({ states, covariance, restarts: 2, iterations: 60 }), { seed });
        for (let i = 1; i < fit.history.length; i++)
          expect(fit.history[i]).toBeGreaterThanOrEqual(
            fit.history[i - 1]! - 1e-8 * Math.abs(fit.history[i]!),
          );
        expect(fit.logLikelihood).toBeCloseTo(filterHmm(fit.model, data).logLikelihood, 6);
        for (let k = 1; k < states; k++)
          expect(fit.model.covariances[k]![0]![0]).toBeGreaterThanOrEqual(
            fit.model.covariances[k - 1]![0]![0]!,
          );
        const reopened = openHmm(saveHmm(fit.model));
        expect(filterHmm(reopened, data).shares).toEqual(filterHmm(fit.model, data).shares);
      },
    ),
    { numRuns: 15 },
  );
}, 30_000);

test("a state that would close on one value keeps the floor", async () => {
  // half of the rows are exactly 1: without a floor their state's likelihood has no bound
  const random = seededRandom(2);
  const values = Array.from({ length: 200 }, (_, i) =>
    Math.floor(i / 20) % 2 === 0 ? 1 : random.next() * 10,
  );
  const fit = await fitHmm(rowsOf(values), config({ states: 2, varianceFloor: 0.01 }), { seed: 1 });
  const mean = values.reduce((a, b) => a + b) / 200;
  const variance = values.reduce((s, v) => s + (v - mean) ** 2, 0) / 200;
  expect(fit.model.covariances[0]![0]![0]).toBeCloseTo(0.01 * variance, 9);
  expect(Number.isFinite(fit.logLikelihood)).toBe(true);
});

test("the floor: eigenvalues in units of the columns, by hand", () => {
  // of [[1, 1], [1, 1]] the eigenvalues are 2 and 0; with 0.5 for the 0 it is [[1.25, 0.75], [0.75, 1.25]]
  const one = [
    [1, 1],
    [1, 1],
  ];
  const [a, b] = floorCovariance(one, [1, 1], 0.5, "full");
  for (const [i, v] of [...a!, ...b!].entries()) expect(v).toBeCloseTo([1.25, 0.75, 0.75, 1.25][i]!, 12);
  expect(floorCovariance(one, [2, 3], 0.5, "diagonal")).toEqual([
    [2, 0],
    [0, 4.5],
  ]);
});

test("refuses what cannot be fitted, and saved models that are broken", async () => {
  const fit = (data: HmmRows, given: object = {}) => fitHmm(data, config(given), { seed: 1 });
  const wave = Array.from({ length: 200 }, (_, i) => Math.sin(i));
  await expect(fit(rowsOf(wave.slice(0, 30)))).rejects.toThrow(/30 rows are too few for 3 states/);
  await expect(fit(rowsOf(new Array(200).fill(3.3)))).rejects.toThrow(/'x' does not vary/);
  await expect(fit(rowsOf([...wave, Number.NaN]))).rejects.toThrow(/row 200, column 'x' is NaN/);
  await expect(fit(rowsOf(wave.map((v) => v * 1e200)))).rejects.toThrow(/beyond what doubles/);
  await expect(fit({ ...rowsOf(wave), rows: 7 })).rejects.toThrow(DataError);
  await expect(
    fitHmm(rowsOf(wave), config(), { seed: 1, signal: AbortSignal.abort(new Error("stopped")) }),
  ).rejects.toThrow("stopped");
  expect(() => openHmm("{")).toThrow(/no JSON/);
  expect(() => openHmm(saveHmm({ ...calmAndWild, means: [[0]] }))).toThrow(/means are not 2 x 1/);
  expect(() => openHmm(saveHmm({ ...calmAndWild, covariances: [[[1]], [[-1]]] }))).toThrow(
    /covariance of state 1/,
  );
  expect(() => openHmm(saveHmm({ ...calmAndWild, initial: [0.9, 0.9] }))).toThrow(/add up to 1/);
  expect(() => filterHmm(calmAndWild, rowsOf([1], ["y"]))).toThrow(/columns y where the model reads return/);
  expect(() => filterHmm(calmAndWild, rowsOf([1e300], ["return"]))).toThrow(/row 0 lies so far/);
});
