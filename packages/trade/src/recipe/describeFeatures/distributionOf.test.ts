import fc from "fast-check";
import { expect, it } from "vitest";
import { distributionOf } from "./distributionOf.ts";

const upTo = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);

it("is, by hand, that of 2 4 4 4 5 5 7 9", () => {
  // the usual example of a deviation of 2 (mean 5); quantiles as R's quantile(x, type = 1)
  const found = distributionOf(Float32Array.of(2, 4, 4, 4, 5, 5, 7, 9), upTo(8), upTo(8));
  expect(found).toMatchObject({ rows: 8, missing: 0, mean: 5, deviation: 2, least: 2, most: 9 });
  expect(found.quantiles.map((q) => q.value)).toEqual([2, 2, 4, 4, 5, 9, 9]);
  const { counts, ...range } = found.histogram!;
  expect(range).toEqual({ from: 2, to: 9, below: 0, above: 0 });
  // bins of 7/48: 4 lies in floor(2 / 7 x 48) = 13, 5 in 20, 7 in 34
  expect([counts[0], counts[13], counts[20], counts[34], counts[47]]).toEqual([1, 3, 2, 1, 1]);
});

it("counts what is missing, reads nothing but its rows, and has no histogram of what does not vary", () => {
  const column = Float32Array.of(NaN, NaN, 3, 3, Number.POSITIVE_INFINITY, 99);
  expect(distributionOf(column, Int32Array.of(2, 3, 4), upTo(5))).toMatchObject({
    ...{ rows: 3, missing: 1, bars: 5, missingBars: 3, mean: 3, deviation: 0, most: 3, histogram: null },
  });
  expect(distributionOf(column, Int32Array.of(0, 1), upTo(2))).toMatchObject({
    ...{ missing: 2, mean: null, deviation: null, quantiles: [], histogram: null },
  });
});

it("keeps the tails of a column at rest, and counts every row once", () => {
  const rest = new Float32Array(1000).fill(1);
  rest[7] = 5;
  expect(distributionOf(rest, upTo(1000), upTo(1000)).histogram).toMatchObject({ from: 1, to: 5, above: 0 });
  fc.assert(
    fc.property(fc.array(fc.float(), { maxLength: 400 }), (values) => {
      const column = Float32Array.from(values);
      const found = distributionOf(column, upTo(column.length), upTo(column.length));
      const finite = column.filter((v) => Number.isFinite(v)).length;
      expect(found.rows - found.missing).toBe(finite);
      if (!found.histogram) return;
      const { counts, below, above } = found.histogram;
      expect(counts.reduce((a, b) => a + b, 0) + below + above).toBe(finite);
    }),
  );
});
