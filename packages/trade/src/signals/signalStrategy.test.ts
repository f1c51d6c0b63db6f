import { describe, expect, it } from "vitest";
import { DataError } from "../core/errors.ts";
import { buyAndHold, signalStrategy } from "./signalStrategy.ts";
import { SignalTape, signalSeries } from "./signalTape.ts";
import { createSizer } from "./sizer.ts";
import type { Strategy, View } from "./strategy.ts";

function viewAt(now: number, held: number): View {
  const holding = { instrument: "BTC", quantity: held, entryPrice: 1, entryTime: 0, weight: 1 };
  return {
    now,
    panel: { length: 0, closeTime: new Float64Array(0), series: [] },
    portfolio: { equity: 1, cash: 1, holding: () => (held === 0 ? undefined : holding) },
  };
}

const decide = (strategy: Strategy, now: number, held: number): readonly number[] =>
  (strategy.decide(viewAt(now, held)) as readonly { weight: number }[]).map((t) => t.weight);

function strategyOf(signals: readonly number[], allowShort = false): Strategy {
  const times = Float64Array.from(signals, (_, i) => i);
  const sizer = createSizer({ kind: "fixedFraction", fraction: 0.5, allowShort } as { kind: string });
  return signalStrategy("BTC", signalSeries(times, Int8Array.from(signals)), sizer);
}

describe("a signal strategy", () => {
  it.each([
    ["a new BUY opens", [0, 1], 1, 0, [0.5]],
    ["the first row is new", [1], 0, 0, [0.5]],
    ["a BUY that goes on does not open again", [1, 1], 1, 0, []],
    ["a BUY after HOLD is new", [1, 0, 1], 2, 0, [0.5]],
    ["a BUY after SELL is new", [1, -1, 1], 2, 0, [0.5]],
    ["a BUY with a long keeps it", [0, 1], 1, 3, []],
    ["HOLD keeps", [1, 0], 1, 3, []],
    ["SELL closes", [1, -1], 1, 3, [0]],
    ["a SELL that goes on closes too", [-1, -1], 1, 3, [0]],
    ["SELL while flat does nothing", [0, -1], 1, 0, []],
    ["a bar without a signal keeps", [1], 7, 3, []],
  ] as const)("%s", (_name, signals, now, held, weights) => {
    expect(decide(strategyOf(signals), now, held)).toEqual(weights);
  });

  it.each([
    ["SELL turns a long", [1, -1], 1, 3, [-0.5]],
    ["SELL opens a short", [0, -1], 1, 0, [-0.5]],
    ["a SELL that goes on does not open again", [-1, -1], 1, 0, []],
    ["a SELL with a short keeps it", [0, -1], 1, -3, []],
    ["BUY turns a short", [-1, 1], 1, -3, [0.5]],
  ] as const)("with shorts: %s", (_name, signals, now, held, weights) => {
    expect(decide(strategyOf(signals, true), now, held)).toEqual(weights);
  });

  it("finds its row in whatever order it is asked", () => {
    const strategy = strategyOf([0, 1, 0, -1]);
    expect(decide(strategy, 3, 1)).toEqual([0]);
    expect(decide(strategy, 1, 0)).toEqual([0.5]);
    expect(decide(strategy, 3, 1)).toEqual([0]);
  });

  it("follows a tape that grows", () => {
    const tape = new SignalTape();
    const strategy = signalStrategy("BTC", tape, createSizer({ kind: "fixedFraction" }));
    for (let i = 0; i < 3000; i++) {
      expect(decide(strategy, i, 0)).toEqual([]);
      tape.append(i, i % 2);
      expect(decide(strategy, i, 0)).toEqual(i % 2 ? [1] : []);
    }
    expect(() => tape.append(2999, 0)).toThrow(DataError);
    expect(() => tape.append(3000, 2)).toThrow(/2 is none/);
  });

  it("refuses signals that are none or out of order", () => {
    const times = Float64Array.of(1, 2);
    expect(() => signalSeries(times, Int8Array.of(0, 2))).toThrow(/row 1 holds 2/);
    expect(() => signalSeries(Float64Array.of(2, 2), Int8Array.of(0, 0))).toThrow(/row 1/);
    expect(() => signalSeries(times, Int8Array.of(0))).toThrow(/1 signals for 2 bars/);
  });

  it("names a wrong key of the sizer", () => {
    expect(() => createSizer({ kind: "kelly" })).toThrow(/no 'kelly'; choose one of fixedFraction/);
    expect(() => createSizer({ kind: "fixedFraction", fraction: 2 } as { kind: string })).toThrow(
      /sizing\.fraction/,
    );
  });
});

it("buy and hold decides once", () => {
  const strategy = buyAndHold("BTC");
  expect([decide(strategy, 0, 0), decide(strategy, 1, 1), decide(strategy, 2, 0)]).toEqual([[1], [], []]);
});
