import { expect, it } from "vitest";
import { TreesDataError, TreesUsageError } from "../errors.ts";
import { plantedSets } from "../testing/plantedSets.ts";
import { checkSets, classWeightsOf, rowWeights, type TreeSets } from "./treeData.ts";

const good = plantedSets("classes", { rows: 20 });
const { table, targets } = good.train;
const withTrain = (train: Partial<TreeSets["train"]>): TreeSets => ({
  ...good,
  train: { ...good.train, ...train },
});

it.each([
  [
    "infinite",
    withTrain({ table: { ...table, values: table.values.with(7, Number.POSITIVE_INFINITY) } }),
    /infinite value in row 1, column 2/,
  ],
  ["too few values", withTrain({ table: { ...table, rows: 21 } }), /100 values where 21 rows of 5 need 105/],
  ["no rows", withTrain({ table: { ...table, rows: 0 } }), /no rows/],
  ["a label that is NaN", withTrain({ targets: targets.with(3, Number.NaN) }), /target NaN in row 3/],
  [
    "an unknown class",
    withTrain({ targets: targets.with(3, 3) }),
    /class 3 in row 3: classes are the whole numbers 0 to 2/,
  ],
  ["half a class", withTrain({ targets: targets.with(3, 0.5) }), /class 0.5/],
  ["one class", withTrain({ targets: new Float32Array(20).fill(1) }), /holds class 1 only/],
  [
    "a negative weight",
    withTrain({ weights: new Float32Array(20).fill(1).with(2, -1) }),
    /weight -1 in row 2/,
  ],
  ["weights of 0", withTrain({ weights: new Float32Array(20) }), /no row with a weight above 0/],
])("refuses %s", (_, sets, message) => {
  expect(() => checkSets(sets)).toThrow(TreesDataError);
  expect(() => checkSets(sets)).toThrow(message);
});

it("refuses class weights that do not fit the classes", () => {
  expect(() => checkSets({ ...good, classWeights: [1, 2] })).toThrow(TreesUsageError);
  expect(() => checkSets({ ...good, classWeights: [1, 2, 0] })).toThrow(/positive/);
  expect(() => checkSets({ ...plantedSets("value"), classWeights: "balanced" })).toThrow(
    /a value, not a class/,
  );
});

it("balances classes: n / (K n_k), and multiplies the rows' own weights", () => {
  // four rows of class 0, one of class 1, by hand: 5 / (2 * 4) and 5 / (2 * 1)
  const labels = Float32Array.of(0, 0, 1, 0, 0);
  expect(classWeightsOf("balanced", labels, 2)).toEqual([0.625, 2.5]);
  const sets: TreeSets = {
    task: { kind: "classes", classes: 2 },
    train: {
      table: { values: new Float32Array(5), rows: 5, features: 1 },
      targets: labels,
      weights: Float32Array.of(1, 2, 3, 4, 5),
    },
    classWeights: "balanced",
  };
  expect([...rowWeights(sets)!]).toEqual([0.625, 1.25, 7.5, 2.5, 3.125]);
});
