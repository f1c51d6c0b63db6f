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

/** One line a regime, with the rule's usual thresholds (`RegimeRule`). */
export const REGIME_MEANINGS: Readonly<Record<Regime, string>> = {
  strongUp: "a rise of a deviation or more over the window",
  weakUp: "a rise of half a deviation to one",
  strongDown: "a fall of a deviation or more over the window",
  weakDown: "a fall of half a deviation to one",
  range: "no trend, usual volatility",
  highVolatility: "volatility far above that of the bars before",
  crisis: "high volatility, and a deep fall from the last high",
};
