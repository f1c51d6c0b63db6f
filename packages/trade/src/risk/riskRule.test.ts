import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Target, View } from "../signals/strategy.ts";
import { createRiskRule, RISK_RULES } from "./index.ts";
import { maxWeight } from "./maxWeight.ts";
import { stopTarget } from "./stopTarget.ts";

const view: View = {
  now: 0,
  panel: { length: 0, closeTime: new Float64Array(0), series: [] },
  portfolio: { equity: 1000, cash: 1000, holding: () => undefined },
};

const anyTargets: fc.Arbitrary<Target[]> = fc.array(
  fc.record({
    instrument: fc.constantFrom("BTC", "ETH", "SPY"),
    weight: fc.double({ min: -3, max: 3, noNaN: true }),
    reason: fc.constant("test"),
  }),
  { maxLength: 5 },
);

/** A configuration for each rule; a rule that is added without one fails here. */
const configurations: Record<string, object> = {
  maxWeight: { max: 0.7 },
  stopTarget: { stop: 0.02, target: 0.05 },
};

describe.each(RISK_RULES.map((part) => part.kind))("the risk rule %s", (kind) => {
  const rule = createRiskRule({ kind, ...configurations[kind] });

  it("never enlarges a weight, turns its sign, or names what was not wanted", () => {
    fc.assert(
      fc.property(anyTargets, (targets) => {
        const allowed = rule.apply(targets, view);
        expect(allowed).toHaveLength(targets.length);
        allowed.forEach((after, i) => {
          const before = targets[i]!;
          expect(after.instrument).toBe(before.instrument);
          expect(Math.abs(after.weight)).toBeLessThanOrEqual(Math.abs(before.weight));
          expect(after.weight * before.weight).toBeGreaterThanOrEqual(0);
        });
      }),
    );
  });

  it("changes nothing the second time, and not its argument", () => {
    fc.assert(
      fc.property(anyTargets, (targets) => {
        const copy = structuredClone(targets);
        const once = rule.apply(targets, view);
        expect(targets).toEqual(copy);
        expect(rule.apply(once, view)).toEqual(once);
      }),
    );
  });
});

const target = (weight: number, more: Partial<Target> = {}): Target => ({
  instrument: "BTC",
  weight,
  reason: "x",
  ...more,
});

it("maxWeight cuts both directions and leaves the rest", () => {
  const rule = maxWeight.create({ max: 0.5 });
  expect(rule.apply([target(0.8), target(-0.9), target(0.3)], view).map((t) => t.weight)).toEqual([
    0.5, -0.5, 0.3,
  ]);
});

it("stopTarget protects what opens, and keeps a nearer distance", () => {
  const rule = stopTarget.create({ stop: 0.02, target: null });
  const [opening, closing, near] = rule.apply(
    [target(1), target(0), target(-1, { protection: { stop: 0.01, target: 0.1 } })],
    view,
  );
  expect(opening!.protection).toEqual({ stop: 0.02, target: null });
  expect(closing!.protection).toBeUndefined();
  expect(near!.protection).toEqual({ stop: 0.01, target: 0.1 });
});

it("a wrong key is named", () => {
  expect(() => createRiskRule({ kind: "maxWeight", max: -1 } as { kind: string })).toThrow(/risk\.max/);
  expect(() => createRiskRule({ kind: "kill" })).toThrow(/no 'kill'; choose one of maxWeight, stopTarget/);
});
