import { describe, expect, it } from "vitest";
import { fitVote, votesOf } from "./vote.ts";

const context = { seed: 1 };

describe("vote", () => {
  it("weighs a mixture by hand: the log loss of two models on opposite rows", async () => {
    // Model A tells the class of rows 1 to 3 with 0.9 and that of row 4 with 0.1, B the other way round. With v for A the
    // likelihood is (0.1 + 0.8 v)^3 (0.9 - 0.8 v), largest at 3 / (0.1 + 0.8 v) = 1 / (0.9 - 0.8 v): v = 2.6 / 3.2.
    const rows = [
      [0.9, 0.1, 0.1, 0.9],
      [0.9, 0.1, 0.1, 0.9],
      [0.9, 0.1, 0.1, 0.9],
      [0.1, 0.9, 0.9, 0.1],
    ];
    const data = {
      table: { names: ["a.x", "a.y", "b.x", "b.y"], rows: 4, values: Float32Array.from(rows.flat()) },
      target: { kind: "classes" as const, classes: ["x", "y"], y: Int32Array.of(0, 0, 0, 0) },
    };
    const fitted = await fitVote({ weights: "fitted" }, data, undefined, context);
    expect(votesOf(fitted.onnx)[0]).toBeCloseTo(2.6 / 3.2, 5);
    const told = await fitted.predict(data.table);
    expect(told[0]).toBeCloseTo(0.1 + 0.8 * (2.6 / 3.2), 5);
    await fitted.close();
  });

  it("weighs values by hand: the shortest mix of two errors, and none of a model that only harms", async () => {
    // errors of A 1, -1, 1, -1, of B 3, 3, -3, -3: uncorrelated, squares 1 and 9, so B gets 1 / (1 + 9)
    const y = [10, 20, 30, 40];
    const [a, b] = [
      [1, -1, 1, -1],
      [3, 3, -3, -3],
    ];
    const values = (second: readonly number[]) =>
      Float32Array.from(y.flatMap((v, i) => [v + a![i]!, v + second[i]!]));
    const fit = (second: readonly number[]) =>
      fitVote(
        { weights: "fitted" },
        {
          table: { names: ["a.value", "b.value"], rows: 4, values: values(second) },
          target: { kind: "values", y: Float64Array.from(y) },
        },
        undefined,
        context,
      );
    const mixed = await fit(b!);
    expect(votesOf(mixed.onnx)).toEqual([expect.closeTo(0.9, 6), expect.closeTo(0.1, 6)]);
    // the same errors threefold: any weight makes it worse
    const worse = await fit(a!.map((v) => 3 * v));
    expect(votesOf(worse.onnx)).toEqual([1, 0]);
    await Promise.all([mixed.close(), worse.close()]);
  });

  it("refuses columns that are no predictions", async () => {
    const target = { kind: "classes" as const, classes: ["x", "y"], y: Int32Array.of(0, 1) };
    const fit = (names: string[], values: Float32Array) =>
      fitVote({ weights: "equal" }, { table: { names, rows: 2, values }, target }, undefined, context);
    await expect(fit(["a", "b", "c"], new Float32Array(6))).rejects.toThrow(/3 columns are no blocks of 2/);
    await expect(fit(["a", "b"], Float32Array.of(1, 0, Number.NaN, 1))).rejects.toThrow(
      /prediction is missing/,
    );
  });
});
