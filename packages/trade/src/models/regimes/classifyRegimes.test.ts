import { describe, expect, it } from "vitest";
import { createPart } from "../../core/parts.ts";
import { seededRandom } from "../../core/random.ts";
import { REGIMES, RegimeRule } from "../../labels/index.ts";
import { allocateBars, type BarSeries, sliceBars } from "../../market/bars.ts";
import type { TabularModel } from "../tabular/tabularModel.ts";
import { tabularParts } from "../tabular/tabularParts.ts";
import { classifyRegimes } from "./classifyRegimes.ts";
import { regimeBaselines } from "./regimeBaselines.ts";
import { regimeRows } from "./regimeRows.ts";
import { scoreRegimes } from "./scoreRegimes.ts";
import { walkForwardFolds } from "./walkForwardFolds.ts";

const rule = RegimeRule.parse({ halfBars: 5, referenceBars: 60, minBars: 3 });
const spec = { kind: "logistic", lambda: 0.001, iterations: 60 };
const logistic = createPart<TabularModel>(tabularParts, spec, "model");

/** Stretches of 100 bars: calm, rising, wild, falling. */
function seasons(length: number, seed = 1): BarSeries {
  const random = seededRandom(seed);
  const bars = allocateBars("TEST", length);
  let log = 4;
  for (let t = 0; t < length; t++) {
    const season = Math.floor(t / 100) % 4;
    const drift = season === 1 ? 0.004 : season === 3 ? -0.004 : 0;
    const r = drift + (random.next() - 0.5) * (season === 2 ? 0.06 : 0.014);
    bars.open[t] = Math.exp(log);
    log += r;
    bars.close[t] = Math.exp(log);
    bars.high[t] = Math.max(bars.open[t]!, bars.close[t]!) * (1 + random.next() * 0.002);
    bars.low[t] = Math.min(bars.open[t]!, bars.close[t]!) * (1 - random.next() * 0.002);
    bars.volume[t] = 1 + random.next();
    bars.closeTime[t] = (t + 1) * 3_600_000;
  }
  return bars;
}

describe("regimeRows", () => {
  it("knows at each row the regime of `horizonBars` before, and gives a prefix the same rows", () => {
    const bars = seasons(600);
    const whole = regimeRows(bars, rule);
    expect(whole.horizonBars).toBe(7);
    for (let t = 100; t < 600; t++) expect(whole.known[t]).toBe(whole.states[t - 7]);
    for (const cut of [150, 333, 599]) {
      const part = regimeRows(sliceBars(bars, 0, cut), rule);
      const F = part.table.names.length;
      expect(part.table.values).toEqual(whole.table.values.subarray(0, cut * F));
      expect(part.known).toEqual(whole.known.subarray(0, cut));
    }
    expect(Object.keys(whole.groups)).toContain("lastKnownRegime");
    expect(Object.values(whole.groups).flat().sort()).toEqual([...whole.table.names].sort());
  });

  it("says why no bar has a regime", () => {
    expect(() => regimeRows(seasons(50), rule)).toThrow(/has 50 bars, and the rule reads 73 at least/);
    const flat = seasons(200);
    for (const name of ["open", "high", "low", "close"] as const) flat[name].fill(7);
    expect(() => regimeRows(flat, rule)).toThrow(/does not move/);
    const holed = seasons(200);
    for (let t = 0; t < 200; t += 40) holed.close[t] = Number.NaN;
    expect(() => regimeRows(holed, rule)).toThrow(/without a gap or a price that is none/);
  });
});

describe("walkForwardFolds", () => {
  it("learns only from what was known before a fold, and foretells every later row once", () => {
    const time = Float64Array.from({ length: 100 }, (_, t) => t);
    const knownAt = time.map((t) => t + 9);
    const rows = Int32Array.from({ length: 90 }, (_, t) => t);
    const folds = walkForwardFolds(rows, { time, knownAt }, { folds: 3, firstShare: 0.4 });
    expect(folds.flatMap((f) => [...f.test])).toEqual([...rows.subarray(36)]);
    for (const { train, test, purged } of folds) {
      // rows up to test[0] - 9 are known at its time: eight fewer than all before it
      expect(train).toEqual(rows.subarray(0, test[0]! - 8));
      expect(purged).toBe(8);
    }
    expect(() =>
      walkForwardFolds(rows.subarray(0, 9), { time, knownAt }, { folds: 3, firstShare: 0.4 }),
    ).toThrow(/fold 1 of 3 is left without rows/);
  });
});

describe("scoreRegimes", () => {
  it("counts, by hand, against what costs nothing", () => {
    const actual = Int32Array.of(0, 0, 0, 1, 1, 0);
    const known = Int32Array.of(0, 0, 0, 0, 1, 1);
    const { prior, persistence } = regimeBaselines(
      { actual: Int32Array.of(0, 0, 1), known: Int32Array.of(0, 0, 1) },
      known,
      2,
    );
    // 2 and 1 of 3, one more each; after 0 always 0, twice; after 1 always 1, once
    expect([...prior.subarray(0, 2)]).toEqual([3 / 5, 2 / 5]);
    expect([...persistence.subarray(6, 10)]).toEqual([3 / 4, 1 / 4, 1 / 3, 2 / 3]);
    const said = [0, 0, 0, 1, 1, 1];
    const scores = scoreRegimes({
      names: ["calm", "wild"],
      actual,
      model: Float64Array.from(said.flatMap((s) => (s === 0 ? [0.8, 0.2] : [0.2, 0.8]))),
      persistence,
      prior,
      known,
      windowBars: 1,
      seed: 1,
    });
    // recalls: of the model 3/4 and 1, of persistence 3/4 and 1/2, of the prior 1 and 0
    expect(scores.model.balancedAccuracy).toBeCloseTo(0.875, 12);
    expect(scores.persistence.balancedAccuracy).toBeCloseTo(0.625, 12);
    expect(scores.prior.balancedAccuracy).toBe(0.5);
    expect(scores.overPersistence).toEqual({ difference: expect.closeTo(0.25, 12), interval: null });
    // three spells in six rows; too few blocks for an interval, and then nothing is beaten
    expect(scores.overlap).toBe(2);
    expect(scores.beatsPersistence).toEqual({ balancedAccuracy: false, logLoss: false });
    // what was said, over the prior of 0.6 and 0.4, is the same here; it is not where 0.55 < 0.6 but 0.45 > 0.4
    expect(scores.modelBalanced.confusion).toEqual(scores.model.confusion);
    const near = scoreRegimes({
      names: ["calm", "wild"],
      actual,
      model: Float64Array.from(said.flatMap(() => [0.55, 0.45])),
      persistence,
      prior,
      known,
      windowBars: 1,
      seed: 1,
    });
    expect([near.model.onlyClass, near.modelBalanced.onlyClass]).toEqual(["calm", "wild"]);
    // P(what was | last known): 3/4, 3/4, 3/4, 1/4, 2/3, 1/3
    const loss = -(3 * Math.log(3 / 4) + Math.log(1 / 4) + Math.log(2 / 3) + Math.log(1 / 3)) / 6;
    const own = -(4 * Math.log(0.55) + 2 * Math.log(0.45)) / 6;
    expect(near.logLossGain.difference).toBeCloseTo(loss - own, 12);
  });
});

describe("classifyRegimes", () => {
  const context = { seed: 3 };

  it("foretells planted seasons better than persistence, the same for the same seed", async () => {
    const rows = regimeRows(seasons(4000), rule);
    const found = await classifyRegimes(rows, rule, logistic, context);
    const { scores } = found;
    expect(scores.model.accuracy).toBeGreaterThan(scores.persistence.accuracy + 0.05);
    expect(scores.beatsPersistence.logLoss).toBe(true);
    expect(scores.logLossGain.interval!.low).toBeGreaterThan(0);
    expect(scores.model.balancedAccuracy).toBeGreaterThan(scores.prior.balancedAccuracy);
    expect(scores.model.logLoss).toBeLessThan(scores.persistence.logLoss);
    expect(scores.rows).toBe(found.folds.reduce((sum, f) => sum + f.test, 0));
    expect(scores.overlap).toBeGreaterThanOrEqual(11);
    for (const { train, purged } of found.folds) expect([train > 0, purged]).toEqual([true, 6]);
    expect(found.now.closeTime).toBe(rows.closeTime[3999]);
    expect(found.now.probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    expect(found.now.probability).toBe(Math.max(...found.now.probabilities));
    // the last bars are of a falling season
    expect(found.now.regime).toMatch(/Down$/);
    expect(REGIMES).toContain(found.now.lastKnown);
    expect(found.importance.groups.map((g) => g.group).sort()).toEqual(Object.keys(rows.groups).sort());
    const again = await classifyRegimes(rows, rule, logistic, context);
    expect(again).toEqual(found);
  }, 60_000);

  it("does not change what it said of earlier rows when later bars change", async () => {
    const bars = seasons(1500);
    const other = seasons(1500, 9);
    const base = regimeRows(bars, rule);
    const changed = { ...bars, close: bars.close.slice() };
    // from the last fold on everything is different
    for (let t = 1400; t < 1500; t++) changed.close[t] = other.close[t]!;
    const scoresOf = async (b: BarSeries) => {
      const rows = regimeRows(b, rule);
      const usable = base.usable.filter((t) => t < 1300);
      return (await classifyRegimes({ ...rows, usable }, rule, logistic, context)).scores;
    };
    expect(await scoresOf(changed)).toEqual(await scoresOf(bars));
  }, 60_000);

  it("refuses too few rows and one regime only, and stops when told", async () => {
    await expect(classifyRegimes(regimeRows(seasons(300), rule), rule, logistic, context)).rejects.toThrow(
      /bars have a regime and a past/,
    );
    const all = regimeRows(seasons(800), rule);
    const one = { ...all, states: all.states.map((s) => (s < 0 ? s : 4)) };
    await expect(classifyRegimes(one, rule, logistic, context)).rejects.toThrow(
      /regime 'range'.*nothing to tell/,
    );
    await expect(
      classifyRegimes(all, rule, logistic, { seed: 1, signal: AbortSignal.abort(new Error("stopped")) }),
    ).rejects.toThrow("stopped");
    const gone = seasons(800);
    gone.close[799] = Number.NaN;
    await expect(classifyRegimes(regimeRows(gone, rule), rule, logistic, context)).rejects.toThrow(
      /newest bar/,
    );
  });
});
