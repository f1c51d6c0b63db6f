/** The seven market regimes; a label's number is the place in this list. */
export const REGIMES = [
  "strongUp",
  "weakUp",
  "strongDown",
  "weakDown",
  "range",
  "highVolatility",
  "crisis",
] as const;
export type Regime = (typeof REGIMES)[number];

/** One line a regime, in the words of the rule (`regimeRule`). */
export const REGIME_MEANINGS: Readonly<Record<Regime, string>> = {
  strongUp: "a rise beyond what chance does in a calm or usual market",
  weakUp: "a rise that chance seldom does",
  strongDown: "a fall beyond what chance does in a calm or usual market",
  weakDown: "a fall that chance seldom does",
  range: "no trend, usual volatility",
  highVolatility: "volatility far above that of the bars before",
  crisis: "high volatility, and a deep fall from the last high",
};
