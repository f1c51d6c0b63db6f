import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError, UsageError } from "../../core/errors.ts";
import type { LabelHistory } from "./labelHistory.ts";
import { meanOneByClass, SampleWeightsConfig, sampleWeights } from "./sampleWeights.ts";

/**
 * Labels that span the bars 1-3, 3-4 and 5-6: the example of Lopez de Prado 2018, 4.5.3 (there 0-2, 2-3 and 4-5), whose
 * uniqueness is 5/6, 3/4 and 1. The other rows' labels span all there is and are no training rows.
 */
const rows = Int32Array.of(0, 2, 4);
const knownAt = Float64Array.of(3, 6, 4, 6, 6, 6, Number.POSITIVE_INFINITY);
const closeTime = Float64Array.from({ length: 7 }, (_, t) => t);
/** Log returns of the bars 1 to 6. */
const moves = [0.01, 0.02, 0.04, -0.06, 0.03, 0.01];
const close = Float64Array.from({ length: 7 }, (_, t) =>
  Math.exp(moves.slice(0, t).reduce((a, b) => a + b, 0)),
);
const history: LabelHistory = { closeTime, knownAt, close };

function expectWeights(found: Float32Array, wanted: readonly number[]): void {
  expect(found).toHaveLength(wanted.length);
  wanted.forEach((value, i) => {
    expect(found[i], `row ${i}`).toBeCloseTo(value, 6);
  });
}

describe("weights of three labels", () => {
  test("by uniqueness: 5/6, 3/4, 1 over their mean of 31/36; other rows weigh 1", () => {
    const found = sampleWeights({ by: "uniqueness" }, history, rows);
    expectWeights(found, [30 / 31, 1, 27 / 31, 1, 36 / 31, 1, 1]);
  });

  test("by return attribution: bar 3 is shared by two labels, each has half of its move", () => {
    // |.01 + .02 + .04 / 2|, |.04 / 2 - .06|, |.03 + .01|, over their mean of .13 / 3
    const found = sampleWeights({ by: "returnAttribution" }, history, rows);
    expectWeights(found, [15 / 13, 1, 12 / 13, 1, 12 / 13, 1, 1]);
  });

  test("older labels fall towards half, in time counted by uniqueness", () => {
    // X = 31/12; newer than the labels lie 21/12, 12/12 and 0 of it: decays 41/62, 50/62, 1
    const found = sampleWeights({ by: "uniqueness", timeDecay: 0.5 }, history, rows);
    expectWeights(found, [615 / 802, 1, 675 / 802, 1, 1116 / 802, 1, 1]);
    expect(sampleWeights({ by: "uniqueness", timeDecay: 1 }, history, rows)).toEqual(
      sampleWeights({ by: "uniqueness" }, history, rows),
    );
  });

  test("labels of two symbols are not concurrent, and a wild symbol weighs no more than a calm one", () => {
    const twice = <T extends Float64Array>(a: T, b: Float64Array) => Float64Array.from([...a, ...b]);
    const both: LabelHistory = {
      closeTime: twice(closeTime, closeTime),
      knownAt: twice(knownAt, knownAt),
      close: twice(
        close,
        close.map((c) => 7 * c ** 5),
      ),
      symbols: [
        { symbol: "A", from: 0, to: 7 },
        { symbol: "B", from: 7, to: 14 },
      ],
    };
    const all = Int32Array.from([...rows, ...rows.map((row) => row + 7)]);
    for (const by of ["uniqueness", "returnAttribution"] as const) {
      const alone = [...sampleWeights({ by }, history, rows)];
      expectWeights(sampleWeights({ by }, both, all), [...alone, ...alone]);
    }
    // the decay goes by the clock, not by the place in the stack
    const decayed = sampleWeights({ by: "uniqueness", timeDecay: 0.2 }, both, all);
    expect(decayed[7]).toBeLessThan(decayed[2]!);
    expect(decayed[7]! / decayed[0]!).toBeGreaterThan(1);
    expect(decayed[7]! / decayed[0]!).toBeLessThan(1.5);
  });
});

test("within a class the mean is 1 and the order stays", () => {
  const classes = Float32Array.of(0, Number.NaN, 0, Number.NaN, 2, Number.NaN, Number.NaN);
  const weights = sampleWeights({ by: "uniqueness" }, history, rows);
  // 5/6 and 3/4 over their mean of 19/24; alone in its class, a row weighs 1
  expectWeights(meanOneByClass(weights, rows, classes), [20 / 19, 1, 18 / 19, 1, 1, 1, 1]);
});

test("the mean is 1, no weight is negative, and neither other rows nor later prices count", () => {
  const bars = 40;
  const times = Float64Array.from({ length: bars }, (_, t) => t);
  const config = fc.record(
    {
      by: fc.constantFrom("uniqueness" as const, "returnAttribution" as const),
      timeDecay: fc.double({ min: -0.9, max: 1, noNaN: true }),
    },
    { requiredKeys: ["by"] },
  );
  const length = fc.integer({ min: 1, max: 8 });
  const price = fc.double({ min: 50, max: 150, noNaN: true });
  fc.assert(
    fc.property(
      config,
      fc.array(length, { minLength: bars, maxLength: bars }),
      fc.uniqueArray(fc.integer({ min: 0, max: 25 }), { minLength: 2, maxLength: 20 }),
      fc.array(price, { minLength: bars, maxLength: bars }),
      (chosen, lengths, picked, prices) => {
        const own = Int32Array.from(picked).sort();
        const known = Float64Array.from(times, (t) => Math.min(bars - 1, t + lengths[t]!));
        const given = { closeTime: times, knownAt: known, close: Float64Array.from(prices) };
        const found = sampleWeights(chosen, given, own);
        const of = Array.from(own, (row) => found[row]!);
        expect(of.reduce((a, b) => a + b, 0) / own.length).toBeCloseTo(1, 4);
        expect(Math.min(...of)).toBeGreaterThanOrEqual(0);
        const isOwn = new Set(own);
        const latest = Math.max(...Array.from(own, (row) => known[row]!));
        const other = {
          closeTime: times,
          knownAt: known.map((k, t) => (isOwn.has(t) ? k : Number.POSITIVE_INFINITY)),
          close: given.close.map((c, t) => (t > latest ? Number.NaN : c)),
        };
        expect(sampleWeights(chosen, other, own)).toEqual(found);
      },
    ),
  );
});

describe("refused in one line", () => {
  const refused = (
    by: SampleWeightsConfig["by"],
    change: Partial<LabelHistory>,
    kind: object,
    said: RegExp,
  ) => {
    const symbols = [{ symbol: "TEST", from: 0, to: 7 }];
    const run = () => sampleWeights({ by }, { ...history, symbols, ...change }, rows);
    expect(run).toThrow(kind as typeof DataError);
    expect(run).toThrow(said);
  };

  test("labels that are never known, closes that are not there, not finite or do not move", () => {
    const never = knownAt.map((k, t) => (t === 2 ? Number.POSITIVE_INFINITY : k));
    refused(
      "uniqueness",
      { knownAt: never },
      DataError,
      /^training.sampleWeights: TEST: label spans: label 1 /,
    );
    refused(
      "returnAttribution",
      { close: undefined },
      UsageError,
      /^training.sampleWeights: TEST: .*closing prices/,
    );
    const hole = close.map((c, t) => (t === 5 ? Number.NaN : c));
    refused("returnAttribution", { close: hole }, DataError, /TEST: return attribution: bar 5 has no return/);
    refused(
      "returnAttribution",
      { close: close.fill(3, 7).map(() => 3) },
      DataError,
      /no label's price moves/,
    );
  });

  test("a class of which nothing is left", () => {
    const classes = Float32Array.of(0, 1, 1, 1, 2, 1, 1);
    const weights = sampleWeights({ by: "uniqueness", timeDecay: -0.9 }, history, rows);
    expect(() => meanOneByClass(weights, rows, classes)).toThrow(
      /^training.sampleWeights: all 1 training rows of BUY weigh 0: raise timeDecay/,
    );
  });

  test.each([
    [{}, "by"],
    [{ by: "age" }, "by"],
    [{ by: "uniqueness", timeDecay: -1 }, "timeDecay"],
    [{ by: "uniqueness", timeDecay: 1.1 }, "timeDecay"],
    [{ by: "uniqueness", timeDecay: Number.POSITIVE_INFINITY }, "timeDecay"],
    [{ by: "uniqueness", decay: 0.5 }, "decay"],
  ])("config %j names %s", (config, key) => {
    expect(JSON.stringify(SampleWeightsConfig.safeParse(config).error!.issues)).toContain(`"${key}"`);
  });

  test("no rows, no weights", () => {
    expect(sampleWeights({ by: "uniqueness" }, history, new Int32Array())).toEqual(
      new Float32Array(7).fill(1),
    );
  });
});
