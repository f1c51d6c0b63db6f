import { expect, it } from "vitest";
import { plantedSets } from "../testing/plantedSets.ts";
import { openSvm } from "./openSvm.ts";
import { readSvmModel } from "./svmModel.ts";
import { trainSvmInProcess } from "./trainSvmInProcess.ts";

it("meets two rows worked by hand: alpha = 1 / (1 - K), rho = 0", async () => {
  // max 2a - a² (1 - K) with K = exp(-gamma 4) = exp(-2), cost above it: a = 1 / (1 - exp(-2)) = 1.156518
  const { bytes } = await trainSvmInProcess(
    { cost: 10, gamma: 0.5, tolerance: 1e-9 },
    {
      task: { kind: "classes", classes: 2 },
      train: {
        table: { values: Float32Array.of(-1, 1), rows: 2, features: 1 },
        targets: Float32Array.of(0, 1),
      },
    },
  );
  const model = readSvmModel(bytes);
  expect(model.coefficients[0]).toBeCloseTo(1.156518, 5);
  expect(model.coefficients[1]).toBeCloseTo(-1.156518, 5);
  expect(model.rho[0]).toBeCloseTo(0, 8);
  expect(model.vectors).toEqual(Float64Array.of(-1, 1));
});

it("gives the same bytes for the same seed, and probabilities that sum to 1", async () => {
  const sets = plantedSets("classes", { rows: 200 });
  const done: number[] = [];
  const a = await trainSvmInProcess({ seed: 4 }, sets, { onProgress: (p) => done.push(p.done / p.total) });
  const b = await trainSvmInProcess({ seed: 4 }, sets);
  expect(b.bytes).toEqual(a.bytes);
  expect((await trainSvmInProcess({ seed: 5 }, sets)).bytes).not.toEqual(a.bytes);
  expect(done.at(-1)).toBe(1);
  const opened = openSvm(a.bytes);
  const told = opened.predict(sets.train.table);
  let hits = 0;
  for (let row = 0; row < 200; row++) {
    const p = told.subarray(3 * row, 3 * row + 3);
    expect(p.reduce((x, y) => x + y, 0)).toBeCloseTo(1, 9);
    if (p.indexOf(Math.max(...p)) === sets.train.targets[row]) hits++;
  }
  expect(hits).toBeGreaterThan(150);
  opened.close();
});

it("is ended in the middle", async () => {
  const stop = new AbortController();
  const run = trainSvmInProcess({ cost: 1e6 }, plantedSets("classes", { rows: 1500, features: 20 }), {
    signal: stop.signal,
    onProgress: () => stop.abort(new Error("enough")),
  });
  await expect(run).rejects.toThrow("enough");
});

it.each([
  [{ degree: 2 }, {}, /svm has no option "degree"/],
  [{}, { missing: true }, /missing value in row/],
])("refuses %j %j", async (options, planted, message) => {
  await expect(trainSvmInProcess(options, plantedSets("classes", planted))).rejects.toThrow(message);
});

it("refuses row weights, which libsvm does not have, and takes class weights", async () => {
  const sets = plantedSets("classes", { rows: 100, classes: 2 });
  const weights = Float32Array.from(sets.train.targets, (_, i) => 1 + (i % 2));
  await expect(trainSvmInProcess({}, { ...sets, train: { ...sets.train, weights } })).rejects.toThrow(
    /no row weights/,
  );
  const [even, heavy] = await Promise.all(
    [
      [1, 1],
      [1, 20],
    ].map(async (classWeights) =>
      readSvmModel((await trainSvmInProcess({}, { ...sets, classWeights })).bytes),
    ),
  );
  // the dual's bound of each class is cost times its weight
  expect(Math.max(...even!.coefficients.map(Math.abs))).toBeLessThanOrEqual(1 + 1e-9);
  expect(Math.max(...heavy!.coefficients.map(Math.abs))).toBeGreaterThan(1 + 1e-9);
});
