import fc from "fast-check";
import { expect, test } from "vitest";
import { featureMatrix, gatherWindows } from "../sequence/featureMatrix.ts";
import { everyKth } from "./fitMultiTaskNet.ts";
import { rowsOf, type SymbolRows, stackRows } from "./stackedRows.ts";

/** A symbol whose every feature value says which symbol it is of: its number, then the row. */
function symbolOf(index: number, length: number, change: Partial<SymbolRows> = {}): SymbolRows {
  const column = (of: (t: number) => number) => Float32Array.from({ length }, (_, t) => of(t));
  return {
    symbol: `S${index}`,
    closeTime: Float64Array.from({ length }, (_, t) => t + 1),
    knownAt: Float64Array.from({ length }, (_, t) => (t + 2 < length ? t + 3 : Number.POSITIVE_INFINITY)),
    features: [column(() => index), column((t) => t)],
    targets: { up: column((t) => (t + 2 < length ? 1 : Number.NaN)) },
    firstRow: 0,
    ...change,
  };
}

test("by hand: two symbols of 6 and 5 rows, windows of 3, two rows ahead", () => {
  const stack = stackRows([symbolOf(0, 6), symbolOf(1, 5, { firstRow: 0 })], 3);
  expect([...stack.usable]).toEqual([2, 3, 6 + 2]);
  expect(stack.symbols).toEqual([
    { symbol: "S0", from: 0, to: 6 },
    { symbol: "S1", from: 6, to: 11 },
  ]);
  expect([...stack.features[1]!]).toEqual([0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4]);
  // the memory of the features comes before the first window
  expect([...rowsOf(symbolOf(0, 10, { firstRow: 2 }), 3)]).toEqual([4, 5, 6, 7]);
});

test("a window never holds rows of two symbols, nor a row that is not finite", () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 8 }), fc.nat(29), (all, window, hole) => {
      const parts = all.map((length, i) => symbolOf(i, length));
      if (hole < parts[0]!.closeTime.length) parts[0]!.features[1]![hole] = Number.NaN;
      const stack = stackRows(parts, window);
      const matrix = featureMatrix(stack.features);
      const windows = new Float32Array(stack.usable.length * window * 2);
      gatherWindows(matrix, window, stack.usable, windows);
      stack.usable.forEach((row, i) => {
        const symbol = stack.symbols.findIndex((s) => row >= s.from && row < s.to);
        for (let t = 0; t < window; t++) {
          expect(windows[(i * window + t) * 2]).toBe(symbol);
          expect(windows[(i * window + t) * 2 + 1]).toBe(row - stack.symbols[symbol]!.from - window + 1 + t);
        }
      });
    }),
    { numRuns: 60 },
  );
});

test("every k-th row is counted anew for each symbol", () => {
  const stack = { symbols: [0, 5, 7].map((from, i) => ({ symbol: `S${i}`, from, to: [5, 7, 12][i]! })) };
  expect([...everyKth(stack, Int32Array.of(0, 1, 2, 4, 8, 9, 10), 2)]).toEqual([0, 2, 8, 10]);
});

test("columns that do not fit are refused by the symbol's name; none at all too", () => {
  const other = symbolOf(1, 5, { features: [new Float32Array(5)] });
  expect(() => stackRows([symbolOf(0, 6), other], 3)).toThrow("S1: its columns do not fit those of S0");
  expect(() => stackRows([], 3)).toThrow(/no symbol is left/);
});
