import { describe, expect, it } from "vitest";
import { arrangeSignals, type ScanRow } from "./arrangeSignals.ts";

const row = (symbol: string, change: Partial<ScanRow>): ScanRow => ({
  ...{
    symbol,
    decision: "BUY",
    confidence: 0.5,
    expected_return: 0,
    risk_score: 5,
    agreement: "2 of 5 say BUY",
  },
  ...{ time_horizon: "5 bars of 1d", price: 1, as_of: "2020-01-01T00:00:00Z", data_age_seconds: 1 },
  ...{ probabilities: { BUY: 1, HOLD: 0, SELL: 0 }, predictions: {}, missing: {}, votes: [], mattered: [] },
  risk_metrics: {
    ...{ forecast_volatility: null, annual_volatility: null, var_95: null, cvar_95: null, beta: null },
    ...{ correlation_spy: null, correlation_qqq: null, lower_tail_dependence: null },
    ...{ volatility_regime: null, method: "garch" },
  },
  momentum: {
    ...{ momentum_score: 1, rsi: 1, rvol: 1, percentChange: 1, trend: "strong", gap: 0, dollarVolume: 1 },
    distanceTo52WeekHigh: 0,
  },
  ...change,
});
const rows = [
  row("MMM", { confidence: 0.7, risk_score: null, agreement: "10 of 12 say BUY", reason: "decision HOLD" }),
  row("AAA", { confidence: 0.6, risk_score: 9, agreement: "3 of 12 say BUY", reason: "risk 9, above 6" }),
  row("ZZZ", { confidence: 0.7, risk_score: 2, agreement: "9 of 12 say BUY", reason: "decision SELL" }),
];
const order = (...of: Parameters<typeof arrangeSignals>) =>
  arrangeSignals(...of)
    .map((r) => r.symbol)
    .join(" ");

describe("arrangeSignals", () => {
  it("keeps the answer's order, and it among equals", () => {
    expect(order(rows, { sort: "rank", down: false })).toBe("MMM AAA ZZZ");
    expect(order(rows, { sort: "confidence", down: true })).toBe("MMM ZZZ AAA");
    expect(order(rows, { sort: "confidence", down: false })).toBe("AAA MMM ZZZ");
  });

  it("sorts agreement by share and not by letters; a risk that is not known stands last either way", () => {
    expect(order(rows, { sort: "agreement", down: true })).toBe("MMM ZZZ AAA");
    expect(order(rows, { sort: "risk", down: false })).toBe("ZZZ AAA MMM");
    expect(order(rows, { sort: "risk", down: true })).toBe("AAA ZZZ MMM");
  });

  it("finds words of symbol, decision and reason", () => {
    expect(order(rows, { sort: "rank", down: false, find: "decision" })).toBe("MMM ZZZ");
    expect(order(rows, { sort: "rank", down: false, find: "  SELL zz" })).toBe("ZZZ");
    expect(order(rows, { sort: "rank", down: false, find: "nothing" })).toBe("");
  });
});
