import type { ClassTarget, TabularData } from "../tabularModel.ts";

/** Every fifth row of Fisher's iris (1936), in the public domain: sepal and petal, length and width in cm; ten of each kind. */
const rows = [
  [5.1, 3.5, 1.4, 0.2],
  [5.4, 3.9, 1.7, 0.4],
  [5.4, 3.7, 1.5, 0.2],
  [5.7, 4.4, 1.5, 0.4],
  [5.4, 3.4, 1.7, 0.2],
  [5, 3, 1.6, 0.2],
  [4.8, 3.1, 1.6, 0.2],
  [5, 3.2, 1.2, 0.2],
  [5, 3.5, 1.3, 0.3],
  [4.8, 3, 1.4, 0.3],
  [7, 3.2, 4.7, 1.4],
  [5.7, 2.8, 4.5, 1.3],
  [5, 2, 3.5, 1],
  [6.7, 3.1, 4.4, 1.4],
  [5.9, 3.2, 4.8, 1.8],
  [6.6, 3, 4.4, 1.4],
  [5.5, 2.4, 3.8, 1.1],
  [6, 3.4, 4.5, 1.6],
  [5.5, 2.6, 4.4, 1.2],
  [5.7, 3, 4.2, 1.2],
  [6.3, 3.3, 6, 2.5],
  [7.6, 3, 6.6, 2.1],
  [6.5, 3.2, 5.1, 2],
  [6.4, 3.2, 5.3, 2.3],
  [6.9, 3.2, 5.7, 2.3],
  [7.2, 3.2, 6, 1.8],
  [7.4, 2.8, 6.1, 1.9],
  [7.7, 3, 6.1, 2.3],
  [6.7, 3.1, 5.6, 2.4],
  [6.7, 3, 5.2, 2.3],
];

export const irisRows: TabularData & { target: ClassTarget } = {
  table: {
    names: ["sepalLength", "sepalWidth", "petalLength", "petalWidth"],
    rows: rows.length,
    values: Float32Array.from(rows.flat()),
  },
  target: {
    kind: "classes",
    classes: ["setosa", "versicolor", "virginica"],
    y: Int32Array.from(rows, (_, i) => Math.floor(i / 10)),
  },
};
