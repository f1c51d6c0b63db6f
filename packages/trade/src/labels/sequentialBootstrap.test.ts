import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../core/random.ts";
import { type LabelSpans, labelSpans } from "./labelSpans.ts";
import { sequentialBootstrap, sequentialDraws } from "./sequentialBootstrap.ts";
import { averageUniqueness } from "./uniqueness.ts";

// The example of the book's 4.5.3: labels of bars 1-3, 3-4 and 5-6, counted from 0.
const book = labelSpans([0, 2, 4], [2, 3, 5], 6);

/** The book's snippet 4.5 written out: each label's uniqueness among those drawn and itself, all anew. */
function plainProbabilities({ first, last, bars }: LabelSpans, drawn: readonly number[]): number[] {
  const counts = new Float64Array(bars);
  for (const i of drawn) for (let t = first[i]!; t <= last[i]!; t++) counts[t]!++;
  const u = [...first].map((from, i) => {
    let sum = 0;
    for (let t = from; t <= last[i]!; t++) sum += 1 / (1 + counts[t]!);
    return sum / (last[i]! - from + 1);
  });
  const total = u.reduce((a, b) => a + b, 0);
  return u.map((value) => value / total);
}

const randomSpans = (seed: number, n: number, bars: number): LabelSpans => {
  const random = seededRandom(seed);
  const first = Array.from({ length: n }, () => random.below(bars - 20)).sort((a, b) => a - b);
  return labelSpans(
    first,
    first.map((t) => t + random.below(20)),
    bars,
  );
};

describe("sequentialDraws", () => {
  it("gives the book's probabilities: 1/3 each, then 5/14, 3/14, 6/14 once the second is drawn", () => {
    const draws = sequentialDraws(book);
    expect([...draws.probabilities()]).toEqual([1 / 3, 1 / 3, 1 / 3]);
    draws.take(1);
    // label 1: (1 + 1 + 1/2) / 3 = 5/6; label 2: (1/2 + 1/2) / 2 = 3/6; label 3: 6/6
    draws.probabilities().forEach((p, i) => {
      expect(p).toBeCloseTo([5 / 14, 3 / 14, 6 / 14][i]!, 12);
    });
  });

  it("agrees with the plain definition after any draws", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 1, max: 600 }), (seed, n) => {
        const spans = randomSpans(seed, n, 100);
        const draws = sequentialDraws(spans);
        const random = seededRandom(seed);
        const drawn = Array.from({ length: 30 }, () => draws.draw(random));
        const plain = plainProbabilities(spans, drawn);
        draws.probabilities().forEach((p, i) => {
          if (Math.abs(p - plain[i]!) > 1e-12) expect.fail(`label ${i}: ${p} is not ${plain[i]}`);
        });
      }),
      { numRuns: 30 },
    );
  });

  it("draws each label as often as its probability says, over the blocks", () => {
    const spans = randomSpans(5, 700, 300);
    const before = sequentialDraws(spans);
    for (const label of [3, 3, 3, 350, 690]) before.take(label);
    const wanted = before.probabilities();
    const random = seededRandom(9);
    const shares = [0, 0, 0, 0];
    const trials = 4000;
    for (let k = 0; k < trials; k++) {
      const draws = sequentialDraws(spans);
      for (const label of [3, 3, 3, 350, 690]) draws.take(label);
      shares[Math.floor(draws.draw(random) / 175)]! += 1 / trials;
    }
    shares.forEach((share, quarter) => {
      const p = wanted.subarray(quarter * 175, (quarter + 1) * 175).reduce((a, b) => a + b, 0);
      // four standard errors
      expect(Math.abs(share - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / trials));
    });
  });

  it("refuses a label that is not there", () => {
    for (const label of [3, -1, 0.5, NaN])
      expect(() => sequentialDraws(book).take(label)).toThrow(/no label/);
    expect(() => sequentialDraws(labelSpans([], [], 0)).draw(seededRandom(1))).toThrow(/no label to draw/);
  });
});

describe("sequentialBootstrap", () => {
  it("repeats by its seed, and draws samples more unique than those of equal chances (the book's figure 4.2)", () => {
    expect(sequentialBootstrap(book, seededRandom(3), 50)).toEqual(
      sequentialBootstrap(book, seededRandom(3), 50),
    );
    expect(sequentialBootstrap(book, seededRandom(3))).toHaveLength(3);
    expect(sequentialBootstrap(labelSpans([], [], 0), seededRandom(3))).toHaveLength(0);
    expect(() => sequentialBootstrap(book, seededRandom(3), -1)).toThrow(/-1 is no number of draws/);
    const uniquenessOf = (spans: LabelSpans, picked: Int32Array): number => {
      const sorted = picked.slice().sort();
      const u = averageUniqueness(
        labelSpans(
          sorted.map((i) => spans.first[i]!),
          sorted.map((i) => spans.last[i]!),
          spans.bars,
        ),
      );
      return u.reduce((a, b) => a + b, 0) / u.length;
    };
    let gain = 0;
    for (let seed = 0; seed < 50; seed++) {
      const spans = randomSpans(seed, 60, 300);
      const random = seededRandom(seed);
      const plain = Int32Array.from({ length: 60 }, () => random.below(60));
      gain += uniquenessOf(spans, sequentialBootstrap(spans, random)) - uniquenessOf(spans, plain);
    }
    expect(gain / 50).toBeGreaterThan(0.02);
  });
});
