import { describe, expect, it } from "vitest";
import { PurgedKFoldConfig, purgedKFold } from "../validation/purgedKFold.ts";
import { MlpTableConfig, mlpTablePart } from "./mlp.ts";
import { naivePart } from "./naive.ts";
import { outOfFold } from "./outOfFold.ts";
import { plantedRows } from "./tabularContract.ts";
import type { TabularModel } from "./tabularModel.ts";

const spans = (rows: number, horizon: number) => ({
  time: Float64Array.from({ length: rows }, (_, t) => t),
  knownAt: Float64Array.from({ length: rows }, (_, t) => t + horizon),
});

describe("outOfFold", () => {
  it("tells each row the mean of its fold's training rows, by hand", async () => {
    // y = 0, 1, 2, 3, 4, 5; three folds of two rows, outcome one bar later, no embargo.
    // Fold 1 trains on 2 to 5 without row 2's neighbour: rows 0, 1 are known by 2, so 2 to 5 stay: mean 3.5.
    // Fold 2 tests 2, 3, known by 4: row 1 is known at 2 and stays: 0, 1, 4, 5, mean 2.5. Fold 3: 0 to 3, mean 1.5.
    const data = {
      table: { names: ["x"], rows: 6, values: new Float32Array(6) },
      target: { kind: "values" as const, y: Float64Array.of(0, 1, 2, 3, 4, 5) },
    };
    const folds = purgedKFold(spans(6, 1), PurgedKFoldConfig.parse({ folds: 3, embargoBars: 0 }));
    const { predictions, fold } = await outOfFold(naivePart.create({}), data, folds, { seed: 1 });
    expect([...predictions]).toEqual([3.5, 3.5, 2.5, 2.5, 1.5, 1.5]);
    expect([...fold]).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it("gives the fit only rows whose future is over, and validation rows after and apart from them", async () => {
    const data = plantedRows("values", 100);
    const own = spans(100, 3);
    const folds = purgedKFold(own, PurgedKFoldConfig.parse({ folds: 4, embargoBars: 2 }));
    const naive = naivePart.create({});
    const lengths: number[][] = [];
    const spy: TabularModel = {
      ...naive,
      fit: (train, validation, context) => {
        lengths.push([train.table.rows, validation?.table.rows ?? 0]);
        return naive.fit(train, validation, context);
      },
    };
    const options = { validation: { share: 0.2, spans: own, embargoBars: 2 } };
    const { predictions } = await outOfFold(spy, data, folds, { seed: 1 }, options);
    expect(predictions.every(Number.isFinite)).toBe(true);
    lengths.forEach(([train, validation], k) => {
      const all = folds[k]!.train.length;
      expect(validation).toBe(Math.ceil(all * 0.2));
      // two rows before the validation rows have outcomes inside them
      expect(train).toBe(all - validation! - 2);
    });
  });

  it("names the fold that cannot be learned from", async () => {
    const table = { names: ["x"], rows: 9, values: Float32Array.from({ length: 9 }, (_, i) => i) };
    const y = Int32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1);
    const folds = purgedKFold(spans(9, 0), PurgedKFoldConfig.parse({ folds: 3, embargoBars: 0 }));
    const data = { table, target: { kind: "classes" as const, classes: ["down", "up"], y } };
    await expect(outOfFold(naivePart.create({}), data, folds, { seed: 1 })).rejects.toThrow(
      /fold 3 of 3: .*all training rows are of class 'down'/,
    );
  });

  it("is the same for the same seed, and stops", async () => {
    const data = plantedRows("classes", 90);
    const folds = purgedKFold(spans(90, 1), PurgedKFoldConfig.parse({ folds: 2 }));
    const model = mlpTablePart.create(MlpTableConfig.parse({ hidden: [4], epochs: 3 }));
    const [a, b] = [
      await outOfFold(model, data, folds, { seed: 4 }),
      await outOfFold(model, data, folds, { seed: 4 }),
    ];
    expect(a.predictions).toEqual(b.predictions);
    const controller = new AbortController();
    await expect(
      outOfFold(model, data, folds, {
        seed: 4,
        signal: controller.signal,
        onUpdate: () => controller.abort(),
      }),
    ).rejects.toThrow(/abort/i);
  });
});
