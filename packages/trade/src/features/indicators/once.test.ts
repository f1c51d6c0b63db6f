import { expect, test } from "vitest";
import { seededRandom } from "../../core/random.ts";
import { singlePanel } from "../../market/bars.ts";
import { randomBars } from "../randomBars.ts";
import { scanner90 } from "../sets/scanner90.ts";
import { rawColumn, recyclingColumns } from "./newColumn.ts";
import { type Once, remembering } from "./once.ts";
import { randomColumns } from "./registry/indicatorContract.ts";
import { indicatorParts } from "./registry/indicatorParts.ts";
import type { InputColumns } from "./registry/inputColumns.ts";

test("a kernel works once for each list of columns and parameters", () => {
  const once = remembering();
  const calls: number[] = [];
  const kernel = (column: Float64Array, period: number): number => calls.push(column.length * period);
  const [a, b] = [new Float64Array(2), new Float64Array(2)];
  expect([once(kernel, a, 3), once(kernel, a, 3), once(kernel, b, 3), once(kernel, a, 4)]).toEqual([
    1, 1, 2, 3,
  ]);
  expect(calls).toEqual([6, 6, 8]);
  expect(once((column: Float64Array, period: number) => column.length - period, a, 3)).toBe(-1);
});

// Indicators that read each other's columns must not write to them: whatever comes before, the numbers are those of each alone.
test.each([
  ["of a market", 1],
  ["near the largest that is taken for one, whose products overflow", 1e54],
])("indicators that share columns give what each gives alone, in any order: prices %s", (_, scale) => {
  const { time, ...made } = randomColumns(7, 700);
  const scaled = Object.entries(made).map(([name, column]) => [name, column.map((x) => x * scale)]);
  const columns: InputColumns = { time, ...Object.fromEntries(scaled) };
  const chosen = indicatorParts.map((part) => part.create());
  const alone = new Map(chosen.map((one) => [one.name, one.compute(columns)]));
  const random = seededRandom(3);
  for (let round = 0; round < 4; round++) {
    const [once, unchanged] = watched();
    const order = chosen.map((one) => [random.next(), one] as const).sort(([a], [b]) => a - b);
    for (const [, one] of order) {
      const before = one.compute(columns, undefined, once);
      expect(before, one.name).toEqual(alone.get(one.name));
    }
    unchanged();
  }
});

// What an earlier symbol left in the memory is in no row of a later one, in walls of missing values and warm-ups neither.
test.each([
  ["whole", 1, 300],
  ["with holes", 0.97, 300],
  ["mostly holes", 0.4, 300],
  ["shorter than the periods", 1, 9],
])("columns in used memory are those in fresh memory: data %s", (_, kept, length) => {
  const random = seededRandom(11);
  const { time, ...made } = randomColumns(5, length);
  const holed = Object.entries(made).map(([name, column]) => [
    name,
    column.map((x) => (random.next() < kept ? x : Number.NaN)),
  ]);
  const columns: InputColumns = { time, ...Object.fromEntries(holed) };
  for (const part of indicatorParts) {
    const one = part.create();
    const fresh = one.compute(columns);
    const copied = recyclingColumns(length, () => {
      const out = Object.entries(one.compute(columns));
      return Object.fromEntries(out.map(([name, column]) => [name, column.slice()]));
    });
    expect(copied, one.name).toEqual(fresh);
    recyclingColumns(length, () => {
      for (let k = 0; k < 60; k++) rawColumn(length).fill(7);
    });
  }
});

test("the columns of a set in used memory are those in fresh memory", () => {
  const symbols = [3, 4, 5].map((seed) => randomBars(seed, 400 + seed));
  const alone = symbols.map((bars) => {
    // memory of another length is given up
    recyclingColumns(8, () => rawColumn(8));
    return scanner90.create({}).compute(singlePanel(bars));
  });
  for (const bars of symbols) {
    recyclingColumns(bars.length, () => {
      for (let k = 0; k < 400; k++) rawColumn(bars.length).fill(7);
    });
    expect(scanner90.create({}).compute(singlePanel(bars))).toEqual(alone[symbols.indexOf(bars)]);
  }
});

/** Remembers, and can tell whether what was remembered is as it was when it was made. */
function watched(): [Once, () => void] {
  const once = remembering();
  const seen = new Map<unknown, unknown>();
  const watching: Once = (kernel, ...args) => {
    const result = once(kernel, ...args);
    if (!seen.has(result)) seen.set(result, structuredClone(result));
    return result;
  };
  const unchanged = (): void => {
    expect(seen.size).toBeGreaterThan(10);
    for (const [result, made] of seen) expect(result).toEqual(made);
  };
  return [watching, unchanged];
}
