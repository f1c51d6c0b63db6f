import { describe, expect, it, vi } from "vitest";
import { DataError, UsageError } from "../../core/errors.ts";
import { seededRandom } from "../../core/random.ts";
import { openFitted } from "../tabular/openFitted.ts";
import { plantedRows } from "../tabular/tabularContract.ts";
import type { TabularData, TabularModel } from "../tabular/tabularModel.ts";
import { LightgbmConfig, lightgbmPart } from "./lightgbm.ts";
import { nativeModelOf } from "./nativeModel.ts";
import { RandomForestConfig, randomForestPart } from "./randomForest.ts";
import { SvmConfig, svmPart } from "./svm.ts";
import { XgboostConfig, xgboostPart } from "./xgboost.ts";

const context = { seed: 3, threads: 1 };
const boosted: [string, (config: object) => TabularModel][] = [
  ["xgboost", (config) => xgboostPart.create(XgboostConfig.parse({ rounds: 40, ...config }))],
  ["lightgbm", (config) => lightgbmPart.create(LightgbmConfig.parse({ rounds: 40, ...config }))],
  ["randomForest", (config) => randomForestPart.create(RandomForestConfig.parse({ rounds: 40, ...config }))],
];

/** Planted rows of which those of one class are left out. */
function without(absent: number): TabularData {
  const data = plantedRows("classes", 300, { missing: true });
  if (data.target.kind !== "classes") throw new Error("no classes");
  const rows = [...data.target.y.keys()].filter((row) => data.target.y[row] !== absent);
  const width = data.table.names.length;
  return {
    table: {
      names: data.table.names,
      rows: rows.length,
      values: Float32Array.from(
        rows.flatMap((row) => [...data.table.values.subarray(row * width, (row + 1) * width)]),
      ),
    },
    target: { ...data.target, y: Int32Array.from(rows, (row) => data.target.y[row]!) },
  };
}

describe.each(boosted)("%s", (kind, make) => {
  it("gives a class without rows probability 0, and Shapley values that sum to the log odds of the others", async () => {
    const data = without(1);
    const fitted = await make({}).fit(data, undefined, context);
    expect(fitted.manifest.notes.join("; ")).toMatch(/HOLD/);
    const opened = await openFitted(fitted.onnx, JSON.parse(JSON.stringify(fitted.manifest)));
    const told = await opened.predict(data.table);
    const parts = await opened.contributions!(data.table);
    const width = data.table.names.length + 1;
    expect(parts.length).toBe(data.table.rows * 3 * width);
    for (let row = 0; row < data.table.rows; row++) {
      const [sell, hold, buy] = told.subarray(3 * row, 3 * row + 3);
      expect(hold).toBe(0);
      expect(sell! + buy!).toBeCloseTo(1, 5);
      const sums = [0, 1, 2].map((k) =>
        parts.subarray((3 * row + k) * width, (3 * row + k + 1) * width).reduce((a, b) => a + b, 0),
      );
      expect(sums.slice(0, 2)).toEqual([0, 0]);
      // a forest's score of two classes is 4 share - 2, a boosted one's the log odds
      const score = kind === "randomForest" ? 4 * buy! - 2 : Math.log(buy! / sell!);
      expect(sums[2]).toBeCloseTo(score, 3);
    }
    await Promise.all([fitted.close(), opened.close()]);
  });

  it("names the columns that mattered by gain and by splits", async () => {
    const fitted = await make({}).fit(plantedRows("values", 400), undefined, context);
    const { gain, split } = fitted.importance();
    expect(gain!.length).toBe(4);
    // the first two columns tell the label
    expect(Math.min(gain![0]!, gain![1]!)).toBeGreaterThan(5 * Math.max(gain![2]!, gain![3]!));
    expect(split!.every(Number.isInteger)).toBe(true);
    await fitted.close();
  });

  it("refuses what does not fit the rows, in one line", async () => {
    const data = plantedRows("classes", 60);
    const fit = (config: object, rows = data) => make(config).fit(rows, undefined, context);
    await expect(fit({ monotone: { price: 1 } })).rejects.toThrow(/monotone names the column 'price'/);
    await expect(fit({ classWeights: [1, 2] })).rejects.toThrow(/2 classWeights for 3 classes/);
    await expect(fit({ classWeights: "balanced" }, plantedRows("values", 60))).rejects.toThrow(UsageError);
    await expect(fit({ earlyStoppingRounds: 5 })).rejects.toThrow(/needs validation rows/);
    const far = plantedRows("values", 60);
    const target = { kind: "values", y: Float64Array.from(far.target.y).with(3, 1e300) } as const;
    await expect(fit({}, { ...far, target })).rejects.toThrow(DataError);
  });
});

it.each(boosted.slice(0, 2))("%s stops early on validation rows and says so", async (_, make) => {
  const updates: (number | null)[] = [];
  const fitted = await make({ rounds: 2000, learningRate: 0.3 }).fit(
    plantedRows("classes", 200),
    plantedRows("classes", 100, { seed: 5 }),
    { ...context, onUpdate: ({ validationLoss }) => updates.push(validationLoss) },
  );
  expect(fitted.manifest.notes.join("; ")).toMatch(/stopped after \d+ rounds, the first \d+ are kept/);
  const best = updates.indexOf(Math.min(...updates.map((v) => v ?? Number.NaN))) + 1;
  expect(fitted.manifest.notes.join("; ")).toContain(`the first ${best} are kept`);
  await fitted.close();
});

it.each([2, 3])(
  "a random forest's probabilities are the shares of its leaves, %i classes",
  async (classes) => {
    // two kinds of rows with known shares of each class: 60, 40, 0 and 10, 20, 70 of 100 (two classes: 60, 40 and 10, 90)
    const shares =
      classes === 3
        ? [
            [60, 40, 0],
            [10, 20, 70],
          ]
        : [
            [60, 40],
            [10, 90],
          ];
    const y = shares.flatMap((each) => each.flatMap((n, c) => new Array<number>(4 * n).fill(c)));
    const fitted = await randomForestPart
      .create(RandomForestConfig.parse({ rounds: 50, rowSample: 0.9 }))
      .fit(
        {
          table: {
            names: ["side"],
            rows: 800,
            values: Float32Array.from({ length: 800 }, (_, i) => (i < 400 ? -1 : 1)),
          },
          target: { kind: "classes", classes: ["a", "b", "c"].slice(0, classes), y: Int32Array.from(y) },
        },
        undefined,
        context,
      );
    const told = await fitted.predict({ names: ["side"], rows: 2, values: Float32Array.of(-1, 1) });
    for (const [i, share] of shares.flat().entries()) expect(told[i]).toBeCloseTo(share / 100, 2);
    await fitted.close();
  },
);

it("keeps the library's own model in the file, and notices when it is damaged", async () => {
  const fitted = await lightgbmPart
    .create(LightgbmConfig.parse({ rounds: 2 }))
    .fit(plantedRows("values", 60), undefined, context);
  const native = nativeModelOf(fitted.onnx);
  expect(native.format).toBe("lightgbm");
  expect(new TextDecoder().decode(native.bytes)).toMatch(/^tree\nversion=v4/);
  await fitted.close();
});

it("refuses an option that is unknown or out of range, by name", () => {
  expect(XgboostConfig.safeParse({ eta: 1 }).error?.issues[0]?.message).toMatch(/eta/);
  expect(LightgbmConfig.safeParse({ leaves: 1 }).error?.issues[0]?.path).toEqual(["leaves"]);
  expect(RandomForestConfig.safeParse({ boosting: "gbdt" }).success).toBe(false);
  expect(SvmConfig.safeParse({ cost: 0 }).success).toBe(false);
});

it.each([
  ["the system's libsvm", undefined],
  ["libsvm-js, which it says", "libsvm-js"],
])("an svm for values is in the label's own unit, by %s", async (_, by) => {
  const random = seededRandom(4);
  const x = Float32Array.from({ length: 200 }, () => 4 * random.next() - 2);
  const data: TabularData = {
    table: { names: ["x"], rows: 200, values: x },
    target: { kind: "values", y: Float64Array.from(x, (v) => 50_000 + 1000 * Math.sin(2 * v)) },
  };
  vi.stubEnv("ORION_LIBSVM", by ?? process.env.ORION_LIBSVM);
  const fitted = await svmPart
    .create(SvmConfig.parse({ cost: 100, gamma: 1, tube: 0.01 }))
    .fit(data, undefined, context);
  vi.unstubAllEnvs();
  expect(fitted.manifest.notes.some((note) => note.includes("libsvm-js"))).toBe(by !== undefined);
  const told = await fitted.predict(data.table);
  // the tube is 1 % of the label's spread, some 7
  for (const [row, v] of x.entries())
    expect(Math.abs(told[row]! - 50_000 - 1000 * Math.sin(2 * v))).toBeLessThan(25);
  await fitted.close();
});
