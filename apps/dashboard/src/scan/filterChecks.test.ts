import { describe, expect, it } from "vitest";
import { filterChecks } from "./filterChecks.ts";

const filter = { decision: "BUY", min_confidence: 0.7, max_risk: 6, top: 10 } as const;
const missed = (...of: Parameters<typeof filterChecks>) =>
  filterChecks(...of).map(({ name, missedBy }) => [name, missedBy]);

// the expected differences are taken by hand
describe("filterChecks", () => {
  it("says by how much the probability is too low", () => {
    const row = {
      decision: "BUY",
      probabilities: { BUY: 0.473, HOLD: 0.242, SELL: 0.285 },
      risk_score: 4,
    } as const;
    expect(filterChecks({ ...row, reason: "confidence 0.47, below 0.7" }, filter)).toEqual([
      { name: "Decision", asked: "BUY", has: "BUY", missedBy: null },
      {
        name: "P(BUY), calibrated",
        asked: "70 % or more",
        has: "47.3 %",
        missedBy: "22.7 percentage points",
      },
      { name: "Risk, 1–10", asked: "6 or less", has: "4", missedBy: null },
    ]);
  });

  it("tells every miss, not the first alone", () => {
    const row = {
      decision: "HOLD",
      probabilities: { BUY: 0.35, HOLD: 0.45, SELL: 0.2 },
      risk_score: 9,
    } as const;
    expect(missed({ ...row, reason: "decision HOLD" }, filter)).toEqual([
      ["Decision", "P(HOLD) is 10.0 percentage points above P(BUY)"],
      ["P(BUY), calibrated", "35.0 percentage points"],
      ["Risk, 1–10", "3"],
    ]);
  });

  it("does not call a risk calm that could not be told", () => {
    const row = {
      decision: "BUY",
      probabilities: { BUY: 0.7, HOLD: 0.2, SELL: 0.1 },
      risk_score: null,
    } as const;
    expect(missed({ ...row, reason: "its risk could not be told" }, filter)[2]).toEqual([
      "Risk, 1–10",
      "what is not known does not pass",
    ]);
  });

  it("a miss by a hair is not one by nothing", () => {
    const row = {
      decision: "BUY",
      probabilities: { BUY: 0.69996, HOLD: 0.2, SELL: 0.10004 },
      risk_score: 6,
    } as const;
    expect(missed({ ...row, reason: "confidence 0.70, below 0.7" }, filter)[1]![1]).toBe(
      "0.004 percentage points",
    );
  });

  it("what passes is one too many, or a signal", () => {
    const row = {
      decision: "BUY",
      probabilities: { BUY: 0.8, HOLD: 0.1, SELL: 0.1 },
      risk_score: 6,
    } as const;
    expect(missed({ ...row, reason: "beyond the first 10" }, filter).at(-1)).toEqual([
      "Place",
      "others are likelier to be a BUY",
    ]);
    expect(missed(row, filter)).toEqual([
      ["Decision", null],
      ["P(BUY), calibrated", null],
      ["Risk, 1–10", null],
    ]);
  });
});
