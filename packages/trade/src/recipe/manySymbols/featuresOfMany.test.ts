import { expect, test } from "vitest";
import { DataError } from "../../core/errors.ts";
import { sha256 } from "../../core/hash.ts";
import { seededRandom } from "../../core/random.ts";
import { DAY_MS } from "../../core/time.ts";
import { allocateBars, type BarSeries, sliceBars } from "../../market/bars.ts";
import { featuresOfMany } from "./featuresOfMany.ts";

/** Daily bars that walk: each symbol another way. */
function walk(instrument: string, length: number, seed: number): BarSeries {
  const random = seededRandom(seed);
  const bars = allocateBars(instrument, length);
  let price = 50 + seed;
  for (let t = 0; t < length; t++) {
    bars.closeTime[t] = (t + 1) * DAY_MS;
    bars.open[t] = price;
    price *= 1 + 0.04 * (random.next() - 0.5);
    bars.close[t] = price;
    bars.high[t] = Math.max(bars.open[t]!, price) * 1.01;
    bars.low[t] = Math.min(bars.open[t]!, price) * 0.99;
    bars.volume[t] = 1000 * (1 + random.next());
  }
  return bars;
}

const universe = Array.from({ length: 40 }, (_, s) => walk(`S${s}`, 1300 + 13 * s, s + 1));
const request = { features: [{ kind: "scanner90" }], bars: universe, barMs: DAY_MS };

const bytesOf = (columns: readonly Float32Array[]): string => sha256(...columns);

async function collect(
  more: object,
): Promise<{ names: readonly string[]; found: Map<number, readonly Float32Array[]> }> {
  const found = new Map<number, readonly Float32Array[]>();
  const names = await featuresOfMany({ ...request, ...more }, (index, columns) =>
    found.set(
      index,
      columns.map((column) => column.slice()),
    ),
  );
  return { names, found };
}

test("one thread or several, and whatever order: every symbol has the same numbers to the bit", async () => {
  const alone = await collect({ threads: 1 });
  const together = await collect({ threads: 3 });
  const turned = await collect({ threads: 2, bars: universe.toReversed() });
  expect(together.names).toEqual(alone.names);
  expect([...together.found.keys()].sort((a, b) => a - b)).toEqual(universe.map((_, i) => i));
  for (const [index, columns] of alone.found) {
    expect(columns).toHaveLength(alone.names.length);
    expect(bytesOf(together.found.get(index)!)).toBe(bytesOf(columns));
    expect(bytesOf(turned.found.get(universe.length - 1 - index)!)).toBe(bytesOf(columns));
  }
});

test("the bars are the caller's still: threads read them and change nothing", async () => {
  const before = universe.map((bars) => bars.close.slice());
  await collect({ threads: 2 });
  expect(universe.map((bars) => bars.close)).toEqual(before);
});

test("the first fault ends the work with its own words and exit code", async () => {
  const wrong = { ...walk("BAD", 2000, 9), low: new Float64Array(2000) };
  const bars = universe.with(17, wrong);
  const context = [{ ...sliceBars(universe[0]!, 0, 900), closeTime: new Float64Array(900) }];
  await expect(collect({ threads: 2, bars, context })).rejects.toMatchObject({
    exitCode: new DataError("").exitCode,
  });
  await expect(collect({ threads: 2, features: [{ kind: "scanner91" }] })).rejects.toThrow(/no 'scanner91'/);
  await expect(collect({ threads: 0 })).rejects.toThrow(/0 threads/);
});

test("stops when told to", async () => {
  const stop = new AbortController();
  const work = featuresOfMany({ ...request, threads: 2, signal: stop.signal }, (index) => {
    if (index > 3) stop.abort();
  });
  await expect(work).rejects.toMatchObject({ name: "AbortError" });
});

test("no symbol, no column taken", async () => {
  expect((await collect({ bars: [] })).found.size).toBe(0);
});
