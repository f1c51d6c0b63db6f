import { describe, expect, it } from "vitest";
import { TreesUsageError } from "../errors.ts";
import { openLightgbm } from "../lightgbm/openLightgbm.ts";
import { plantedSets } from "../testing/plantedSets.ts";
import { openXgboost } from "../xgboost/openXgboost.ts";
import type { OpenedTrees } from "./openedTrees.ts";
import { type Trainer, trainInThread } from "./trainInThread.ts";
import type { TreeSets } from "./treeData.ts";

const open = (trainer: Trainer, bytes: Uint8Array): OpenedTrees =>
  trainer === "xgboost" ? openXgboost(bytes) : openLightgbm(bytes);

/** Two rows of -1 and 1 with the values 0 and 10, four times each. */
const twoLevels: TreeSets = {
  task: { kind: "value" },
  train: {
    table: { values: Float32Array.of(-1, 1, -1, 1, -1, 1, -1, 1), rows: 8, features: 1 },
    targets: Float32Array.of(0, 10, 0, 10, 0, 10, 0, 10),
  },
};

describe.each(["xgboost", "lightgbm"] as const)("%s", (trainer) => {
  const small = trainer === "xgboost" ? { minLeafWeight: 0 } : { minLeafRows: 1 };

  it("meets a stump worked by hand: from the mean 5, half of -5 and 5 with a learning rate of 0.5", async () => {
    const options = { rounds: 1, learningRate: 0.5, l2: 0, threads: 1, ...small };
    const { bytes } = await trainInThread(trainer, options, twoLevels);
    const opened = open(trainer, bytes);
    const told = opened.predict({ values: Float32Array.of(-1, 1), rows: 2, features: 1 });
    expect(told[0]).toBeCloseTo(2.5, 12);
    expect(told[1]).toBeCloseTo(7.5, 12);
    // |G| = 20 and H = 4 on either side, G = 0 above: the gain is G²/H + G²/H
    expect(opened.importance("gain")[0]).toBeCloseTo(200, 3);
    expect(opened.importance("split")).toEqual([1]);
    opened.close();
    opened.close();
    expect(() => opened.predict(twoLevels.train.table)).toThrow(/closed/);
  });

  it.each([1, 2])(
    "gives the same bytes for the same seed on %i threads, others for another",
    async (threads) => {
      const sets = plantedSets("classes", { missing: true, rows: 1500 });
      const extra = trainer === "lightgbm" ? { rowSampleEvery: 1 } : {};
      const options = { rounds: 12, seed: 5, columnSample: 0.6, rowSample: 0.7, threads, ...extra };
      const one = await trainInThread(trainer, options, sets);
      const again = await trainInThread(trainer, options, sets);
      expect(Buffer.from(again.bytes).equals(Buffer.from(one.bytes))).toBe(true);
      const other = await trainInThread(trainer, { ...options, seed: 6 }, sets);
      expect(Buffer.from(other.bytes).equals(Buffer.from(one.bytes))).toBe(false);
    },
  );

  it("learns the same on two threads as on one", async () => {
    // every row is read: XGBoost 3.3 draws rows by the number of threads too
    const sets = plantedSets("classes", { missing: true, rows: 1500 });
    const [one, two] = await Promise.all(
      [1, 2].map((threads) =>
        trainInThread(trainer, { rounds: 12, seed: 5, columnSample: 0.6, threads }, sets),
      ),
    );
    expect(Buffer.from(two!.bytes).equals(Buffer.from(one!.bytes))).toBe(true);
  });

  it("counts a row of weight 2 as two rows", async () => {
    const sets = plantedSets("value", { rows: 120, features: 2 });
    const { table, targets } = sets.train;
    // few values, each on many rows: the bins do not depend on how often a row is there
    for (let i = 0; i < table.values.length; i++) table.values[i] = Math.round(4 * table.values[i]!) / 4;
    const order = [...targets.keys()].flatMap((row) => (row % 3 === 0 ? [row, row] : [row]));
    const doubled: TreeSets = {
      task: sets.task,
      train: {
        table: {
          values: Float32Array.from(order.flatMap((row) => [...table.values.subarray(2 * row, 2 * row + 2)])),
          rows: order.length,
          features: 2,
        },
        targets: Float32Array.from(order, (row) => targets[row]!),
      },
    };
    const weighted: TreeSets = {
      ...sets,
      train: { ...sets.train, weights: Float32Array.from(targets, (_, row) => (row % 3 === 0 ? 2 : 1)) },
    };
    const options = {
      rounds: 5,
      threads: 1,
      maxBins: 255,
      ...(trainer === "lightgbm" ? { minLeafRows: 1 } : {}),
    };
    const [a, b] = [
      open(trainer, (await trainInThread(trainer, options, weighted)).bytes),
      open(trainer, (await trainInThread(trainer, options, doubled)).bytes),
    ];
    const [told, wanted] = [a.predict(table), b.predict(table)];
    for (const [row, w] of wanted.entries()) expect(told[row]).toBeCloseTo(w, 4);
  });

  it("only rises with a feature that it may only rise with", async () => {
    const sets = plantedSets("value", { rows: 300, features: 2 });
    const noisy = sets.train.targets.map((t, row) => t + Math.sin(40 * sets.train.table.values[2 * row]!));
    const { bytes } = await trainInThread(
      trainer,
      { rounds: 60, monotone: [1, 0], threads: 1, ...small },
      { ...sets, train: { ...sets.train, targets: noisy } },
    );
    const opened = open(trainer, bytes);
    const grid = Float32Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? -1 + i / 200 : 0.3));
    const told = opened.predict({ values: grid, rows: 200, features: 2 });
    for (let i = 1; i < 200; i++) expect(told[i]!).toBeGreaterThanOrEqual(told[i - 1]!);
    expect(told[199]!).toBeGreaterThan(told[0]!);
    opened.close();
  });

  it.each(["classes", "value"] as const)("has Shapley values that sum to the score, %s", async (kind) => {
    const sets = plantedSets(kind, { missing: true });
    const forest = trainer === "lightgbm" ? { boosting: "rf", rowSample: 0.6, rowSampleEvery: 1 } : {};
    for (const options of [{}, forest]) {
      const { bytes } = await trainInThread(trainer, { rounds: 8, threads: 1, ...options }, sets);
      const opened = open(trainer, bytes);
      const margins = opened.margins(sets.train.table);
      const parts = opened.contributions(sets.train.table);
      const width = sets.train.table.features + 1;
      expect(parts.length).toBe(margins.length * width);
      for (const [i, margin] of margins.entries()) {
        const sum = parts.subarray(i * width, (i + 1) * width).reduce((a, b) => a + b, 0);
        expect(sum).toBeCloseTo(margin, 4);
      }
      opened.close();
    }
  });

  it("reports rounds, stops early and keeps the best round", async () => {
    const sets = plantedSets("classes", { rows: 150 });
    const { train } = plantedSets("classes", { rows: 100, seed: 8 });
    const rounds: number[] = [];
    const options = { rounds: 400, learningRate: 0.5, earlyStoppingRounds: 5, threads: 1 };
    const model = await trainInThread(
      trainer,
      options,
      { ...sets, validation: train },
      { onRound: ({ round }) => rounds.push(round) },
    );
    expect(model.metric).toBe("mlogloss");
    expect(model.rounds).toBe(model.history.indexOf(Math.min(...model.history)) + 1);
    expect(model.history.length).toBe(model.rounds + 5);
    expect(rounds).toEqual(model.history.map((_, i) => i + 1));
    // the measure by hand from the kept rounds: the mean of -ln p of the row's class
    const opened = open(trainer, model.bytes);
    const told = opened.predict(train.table);
    const loss = train.targets.reduce((sum, c, row) => sum - Math.log(told[row * 3 + c]!), 0) / 100;
    expect(loss).toBeCloseTo(Math.min(...model.history), 4);
    opened.close();
  });

  it("stops between rounds and leaves the event loop free", async () => {
    const stop = new AbortController();
    let beats = 0;
    const heart = setInterval(() => beats++, 1);
    const run = trainInThread(trainer, { rounds: 100_000, threads: 1 }, plantedSets("classes"), {
      signal: stop.signal,
      onRound: ({ round }) => {
        if (round === 3) stop.abort(new Error("enough"));
      },
    });
    await expect(run).rejects.toThrow("enough");
    clearInterval(heart);
    expect(beats).toBeGreaterThan(0);
    await expect(
      trainInThread(trainer, {}, plantedSets("classes"), { signal: AbortSignal.abort() }),
    ).rejects.toThrow(/abort/i);
  });

  it("refuses from the thread as from here, with the kind of the error", async () => {
    await expect(trainInThread(trainer, { depth: 3 }, plantedSets("value"))).rejects.toThrow(TreesUsageError);
    await expect(trainInThread(trainer, { monotone: [1] }, plantedSets("value"))).rejects.toThrow(
      /1 entries for 5 features/,
    );
    await expect(trainInThread(trainer, { earlyStoppingRounds: 3 }, plantedSets("value"))).rejects.toThrow(
      /needs a validation set/,
    );
  });

  it("takes constant and empty columns, and more columns than rows", async () => {
    const sets = plantedSets("classes", { rows: 12, features: 30, classes: 2 });
    for (let row = 0; row < 12; row++) {
      sets.train.table.values[row * 30 + 4] = 7;
      sets.train.table.values[row * 30 + 5] = Number.NaN;
    }
    const { bytes } = await trainInThread(trainer, { rounds: 3, threads: 1 }, sets);
    const opened = open(trainer, bytes);
    const told = opened.predict(sets.train.table);
    expect(told.every((p) => p > 0 && p < 1)).toBe(true);
    expect(opened.importance("split").slice(4, 6)).toEqual([0, 0]);
    opened.close();
  });
});
