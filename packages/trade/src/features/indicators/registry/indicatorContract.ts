import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../core/random.ts";
import { randomBars } from "../../randomBars.ts";
import type { ConfiguredIndicator, Indicator } from "./indicator.ts";
import { INPUT_COLUMNS, type InputColumn } from "./inputColumns.ts";

type Columns = Record<InputColumn, Float64Array>;

/** What every indicator must keep, whatever it computes. The registry's test runs each of its indicators through it. */
export function indicatorContract(part: Indicator): void {
  const settings = [part.defaults, halved(part.defaults)].flatMap((chosen) => {
    try {
      return [part.create(chosen)];
    } catch {
      return [];
    }
  });
  const seeds = fc.integer({ min: 0, max: 1000 });
  const runs = { numRuns: 6 };
  const warmUpOf = (one: ConfiguredIndicator): number => Math.max(...Object.values(one.outputs));

  describe.each(settings.map((one) => [JSON.stringify(one.params), one] as const))("%s", (_, one) => {
    const length = warmUpOf(one) + 70;

    it("gives the outputs that it names, as long as its input, NaN in the warm-up and nowhere else", () => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const out = one.compute(randomColumns(seed, length));
          expect(Object.keys(out)).toEqual(Object.keys(one.outputs));
          for (const [name, column] of Object.entries(out)) {
            expect(column).toHaveLength(length);
            column.forEach((value, t) => {
              if (t < one.outputs[name]! !== Number.isNaN(value)) expect.fail(`${name}[${t}] is ${value}`);
            });
          }
          expect(one.lookback).toBeGreaterThanOrEqual(warmUpOf(one));
        }),
        runs,
      );
    });

    it("is causal: a prefix gives the same rows, bit for bit, and no later row changes an earlier one", () => {
      fc.assert(
        fc.property(seeds, fc.integer({ min: 0, max: length }), (seed, cut) => {
          const columns = randomColumns(seed, length);
          const whole = one.compute(columns);
          const other = randomColumns(seed + 5000, length, 17);
          const changed = mapColumns(columns, (column, name) => {
            const copy = column.slice();
            copy.set(other[name].subarray(cut), cut);
            return copy;
          });
          const prefix = one.compute(mapColumns(columns, (column) => column.subarray(0, cut)));
          for (const variant of [prefix, one.compute(changed)]) {
            for (const [name, column] of Object.entries(variant)) {
              expect(firstDifference(column.subarray(0, cut), whole[name]!.subarray(0, cut)), name).toBe(-1);
            }
          }
        }),
        runs,
      );
    });

    it("takes a row without a number as a wall: NaN in it, and behind it as if the history began there", () => {
      const odd = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1e300);
      fc.assert(
        fc.property(
          seeds,
          fc.integer({ min: 0, max: length - 1 }),
          fc.constantFrom(...part.inputs),
          odd,
          (seed, hole, input, value) => {
            const columns = randomColumns(seed, length + hole);
            columns[input][hole] = value;
            const whole = one.compute(columns);
            const behind = one.compute(mapColumns(columns, (column) => column.subarray(hole + 1)));
            const sound = one.compute(randomColumns(seed, length + hole));
            for (const [name, column] of Object.entries(whole)) {
              expect(firstDifference(column.subarray(0, hole), sound[name]!.subarray(0, hole)), name).toBe(
                -1,
              );
              expect(column[hole], name).toBeNaN();
              const scale = largest(behind[name]!);
              for (let t = hole + 1; t < column.length; t++) {
                const wanted = behind[name]![t - hole - 1]!;
                const apart = Math.abs(column[t]! - wanted);
                if (Number.isNaN(wanted) ? Number.isNaN(column[t]!) : apart <= 1e-7 * scale) continue;
                expect.fail(`${name}[${t}] is ${column[t]}, not ${wanted}`);
              }
            }
          },
        ),
        runs,
      );
    });

    it("forgets: the last `lookback` + 1 rows give the last row of the whole", () => {
      if (!Number.isFinite(one.lookback)) return;
      fc.assert(
        fc.property(seeds, (seed) => {
          const columns = randomColumns(seed, one.lookback + 200);
          const whole = one.compute(columns);
          const tail = one.compute(mapColumns(columns, (column) => column.subarray(199)));
          for (const [name, column] of Object.entries(tail)) {
            const apart = Math.abs(column.at(-1)! - whole[name]!.at(-1)!);
            expect(apart, name).toBeLessThanOrEqual(1e-5 * largest(whole[name]!));
          }
        }),
        { numRuns: 3 },
      );
    });

    it("gives NaN or a finite number for anything, never an infinity, never an error; its input stays", () => {
      const oddity = fc.constantFrom(
        ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, -5, 5e-324, 1e-300],
        ...[1e59, -1e59, 1e300, Number.MAX_VALUE],
      );
      const changes = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...part.inputs), oddity), { maxLength: 9 });
      fc.assert(
        fc.property(seeds, fc.integer({ min: 0, max: length }), changes, (seed, rows, oddities) => {
          const columns = randomColumns(seed, rows);
          for (const [at, name, value] of oddities) if (rows > 0) columns[name][at % rows] = value;
          const copy = mapColumns(columns, (column) => column.slice());
          for (const [name, column] of Object.entries(one.compute(columns))) {
            expect(column).toHaveLength(rows);
            expect(largest(column), name).toBeLessThan(Number.POSITIVE_INFINITY);
          }
          for (const name of part.inputs) expect(firstDifference(columns[name], copy[name]), name).toBe(-1);
        }),
        { numRuns: 25 },
      );
    });

    it.each([
      ["no row", 0, undefined],
      ["one row", 1, undefined],
      ["two rows", 2, undefined],
      ["zeros", length, 0],
      ["negative numbers", length, -42.1],
      ["enormous numbers", length, 9e59],
      ["tiny numbers", length, 5e-324],
      ["nothing but NaN", length, Number.NaN],
    ] as const)("gives no infinity for %s", (_case, rows, value) => {
      const columns = randomColumns(1, rows);
      if (value !== undefined) for (const name of part.inputs) columns[name].fill(value);
      for (const [name, column] of Object.entries(one.compute(columns))) {
        expect(column).toHaveLength(rows);
        expect(largest(column), name).toBeLessThan(Number.POSITIVE_INFINITY);
        if (Number.isNaN(value)) expect(column.every(Number.isNaN), name).toBe(true);
      }
    });

    it("has a number after the warm-up where the price stands still and nothing is traded", () => {
      const columns = randomColumns(1, length);
      for (const name of ["open", "high", "low", "close"] as const) columns[name].fill(42.1);
      columns.volume.fill(0);
      for (const [name, column] of Object.entries(one.compute(columns))) {
        const first = one.outputs[name]!;
        expect(column.findIndex(Number.isFinite), name).toBe(first);
        expect(column.subarray(first).every(Number.isFinite), name).toBe(true);
      }
    });
  });

  it("refuses what it does not know, columns that are not there and columns of unlike length, by name", () => {
    expect(() => part.create({ wrongParameter: 1 })).toThrow(/wrongParameter/);
    for (const [name, value] of Object.entries(part.defaults)) {
      if (!Number.isInteger(value)) continue;
      const wrong = (settings: Record<string, unknown>): void => {
        expect(() => part.create(settings)).toThrow(new RegExp(`${part.name}.*'${name}'`));
      };
      wrong({ [name]: Number.NaN });
      wrong({ [name]: Number.POSITIVE_INFINITY });
      wrong({ [name]: -1 });
      wrong({ [name]: "14" });
    }
    const one = part.create();
    for (const input of part.inputs) {
      const { [input]: _left, ...rest } = randomColumns(1, 20);
      expect(() => one.compute(rest)).toThrow(input);
      if (part.inputs.length > 1) {
        expect(() => one.compute({ ...randomColumns(1, 20), [input]: new Float64Array(19) })).toThrow(/rows/);
      }
    }
  });
}

/** Every column that an indicator can read, like a market's; the same seed gives the same numbers. */
export function randomColumns(seed: number, length: number, price = 60_000): Columns {
  const { closeTime, open, high, low, close, volume } = randomBars(seed, length, { price });
  const benchmark = randomBars(20_000 + seed, length, { price: 400 }).close;
  const random = seededRandom(40_000 + seed);
  const drawn = (next: () => number): Float64Array => Float64Array.from({ length }, next);
  let contracts = 1e5;
  return {
    time: closeTime,
    open,
    high,
    low,
    close,
    volume,
    funding: drawn(() => 0.0002 * (random.next() - 0.4)),
    openInterest: drawn(() => (contracts *= 1 + 0.01 * (random.next() - 0.5))),
    mark: close.map((value) => value * (1 + 0.001 * (random.next() - 0.5))),
    benchmark,
  };
}

/** Every whole number of 4 or more halved, so that a second set of periods is seen. */
function halved(params: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      typeof value === "number" && Number.isInteger(value) && value >= 4 ? Math.ceil(value / 2) : value,
    ]),
  );
}

function mapColumns(
  columns: Columns,
  map: (column: Float64Array, name: InputColumn) => Float64Array,
): Columns {
  return Object.fromEntries(INPUT_COLUMNS.map((name) => [name, map(columns[name], name)])) as Columns;
}

/** Where two columns differ first, or -1: bit for bit, but one NaN is as good as another (their signs are the machine's). */
function firstDifference(a: Float64Array, b: Float64Array): number {
  for (let t = 0; t < Math.max(a.length, b.length); t++) if (!Object.is(a[t], b[t])) return t;
  return -1;
}

/** The largest size in a column, NaN left out. */
function largest(column: Float64Array): number {
  return column.reduce((most, value) => (Math.abs(value) > most ? Math.abs(value) : most), 0);
}
