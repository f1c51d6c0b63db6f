import { expect, it } from "vitest";
import { fitNaive, naivePart } from "./naive.ts";
import { tabularContract } from "./tabularContract.ts";

tabularContract("naive", () => naivePart.create({}), { learns: false, stoppable: false });

const table = { names: ["x"], rows: 4, values: Float32Array.of(1, Number.NaN, 2, 3) };

it("tells the weighted shares of the classes, by hand, and 0 for a class without rows", async () => {
  // weights 1, 1, 2, 4 of classes 0, 0, 2, 0: 6/8, 0, 2/8
  const fitted = await fitNaive(
    {
      table,
      target: { kind: "classes", classes: ["a", "b", "c"], y: Int32Array.of(0, 0, 2, 0) },
      weights: Float64Array.of(1, 1, 2, 4),
    },
    undefined,
    { seed: 1 },
  );
  expect([...(await fitted.predict(table))]).toEqual([0, 1, 2, 3].flatMap(() => [0.75, 0, 0.25]));
  expect(fitted.manifest.notes).toEqual(["without training rows, never told: class b"]);
  await fitted.close();
});

it("tells the weighted mean of the values, by hand", async () => {
  const fitted = await fitNaive(
    {
      table,
      target: { kind: "values", y: Float64Array.of(1, 2, 3, 8) },
      weights: Float64Array.of(1, 1, 1, 3),
    },
    undefined,
    { seed: 1 },
  );
  // (1 + 2 + 3 + 24) / 6
  expect([...(await fitted.predict(table))]).toEqual([5, 5, 5, 5]);
  await fitted.close();
});
