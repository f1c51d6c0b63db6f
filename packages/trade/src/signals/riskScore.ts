/** What a risk score is made of; fractions, one bar ahead unless said otherwise. */
export interface RiskMeasures {
  /** forecast volatility of a year */
  readonly annualVolatility: number;
  /** expected loss in the worst twentieth of days, a positive fraction */
  readonly cvar95: number;
  /** to the market */
  readonly beta: number;
  /** probability that it falls hard when the market does, 0 to 1 */
  readonly lowerTailDependence: number;
  /** where today's volatility lies in its own history, 0 calmest to 1 wildest */
  readonly volatilityRank: number;
}

/** Share of the score, and from which to which value a measure counts from nothing to all. */
const PARTS = {
  // a broad index has about 10 % in a calm year; single stocks in distress 80 %
  annualVolatility: { share: 0.35, none: 0.1, full: 0.8 },
  cvar95: { share: 0.25, none: 0.01, full: 0.08 },
  beta: { share: 0.15, none: 0, full: 2.5 },
  lowerTailDependence: { share: 0.1, none: 0, full: 0.6 },
  volatilityRank: { share: 0.15, none: 0, full: 1 },
} as const satisfies Record<keyof RiskMeasures, { share: number; none: number; full: number }>;

/**
 * How dangerous a position of one symbol is, 1 (calm) to 10:
 *
 *   score = round(1 + 9 sum_i share_i clamp((x_i - none_i) / (full_i - none_i), 0, 1))
 *
 * over volatility of a year (35 %, from 10 to 80 %), CVaR at 95 % (25 %, 1 to 8 %), |beta| (15 %, 0 to 2.5), lower tail
 * dependence on the market (10 %, 0 to 0.6) and the rank of today's volatility in its history (15 %). A measure of dependence or
 * rank that could not be estimated counts in full: what is not known is no comfort. The formula is Orion's own.
 * @returns NaN where volatility or CVaR is not known
 */
export function riskScore(measures: RiskMeasures): number {
  if (!Number.isFinite(measures.annualVolatility) || !Number.isFinite(measures.cvar95)) return Number.NaN;
  let sum = 0;
  for (const [name, { share, none, full }] of Object.entries(PARTS) as [
    keyof RiskMeasures,
    { share: number; none: number; full: number },
  ][]) {
    const value = name === "beta" ? Math.abs(measures.beta) : measures[name];
    const part = Number.isFinite(value) ? (value - none) / (full - none) : 1;
    sum += share * Math.min(1, Math.max(0, part));
  }
  return Math.round(1 + 9 * sum);
}
