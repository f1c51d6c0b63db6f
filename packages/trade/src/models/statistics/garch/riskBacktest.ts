import { normalCdf } from "../../../core/normalCdf.ts";
import { checkLevel } from "./valueAtRisk.ts";

/** A likelihood ratio and the probability of one as large where the forecasts are right; null where it is not defined. */
export interface RatioTest {
  readonly statistic: number | null;
  readonly pValue: number | null;
}

export interface RiskBacktest {
  readonly level: number;
  readonly periods: number;
  readonly exceedances: number;
  /** periods (1 - level) */
  readonly expected: number;
  /** share of exceedances is 1 - level; chi2(1). Kupiec (1995), proportion of failures */
  readonly coverage: RatioTest;
  /** an exceedance tells nothing of the next period; chi2(1). Christoffersen (1998) */
  readonly independence: RatioTest;
  /** both at once; chi2(2), coverage counted from the second period on. Christoffersen (1998) */
  readonly conditionalCoverage: RatioTest;
}

/**
 * Tests of value-at-risk forecasts by the periods whose loss was larger (1) or not (0), oldest first. With x of T:
 *   coverage      -2 ln [(1-p)^(T-x) p^x / ((1-x/T)^(T-x) (x/T)^x)]
 *   independence  -2 ln [(1-s)^(n00+n10) s^(n01+n11) / ((1-s01)^n00 s01^n01 (1-s11)^n10 s11^n11)]
 * n_ij: periods with j after i; s_i1 = n_i1 / (n_i0 + n_i1), s = (n01 + n11) / (T - 1). 0 ln 0 = 0. Conditional coverage is the
 * sum of both over the T - 1 periods that have one before them.
 *
 * Sources: Kupiec, Techniques for Verifying the Accuracy of Risk Measurement Models, Journal of Derivatives 3 (1995);
 * Christoffersen, Evaluating Interval Forecasts, International Economic Review 39 (1998).
 */
export function riskBacktest(hits: ArrayLike<number>, level: number): RiskBacktest {
  const p = 1 - checkLevel(level);
  const n = hits.length;
  let x = 0;
  const pairs = [0, 0, 0, 0];
  for (let t = 0; t < n; t++) {
    if (hits[t]) x++;
    if (t > 0) pairs[(hits[t - 1] ? 2 : 0) + (hits[t] ? 1 : 0)]! += 1;
  }
  const [n00, n01, n10, n11] = pairs as [number, number, number, number];
  const coverage = 2 * (bernoulli(x, n, x / n) - bernoulli(x, n, p));
  const after = n01 + n11;
  const share = after / (n - 1);
  const chain = bernoulli(n01, n00 + n01, n01 / (n00 + n01)) + bernoulli(n11, n10 + n11, n11 / (n10 + n11));
  const independence = 2 * (chain - bernoulli(after, n - 1, share));
  const conditional = 2 * (chain - bernoulli(after, n - 1, p));
  const told = (statistic: number, known: boolean, degrees: 1 | 2): RatioTest => {
    if (!known) return { statistic: null, pValue: null };
    const ratio = Math.max(0, statistic);
    return {
      statistic: ratio,
      pValue: degrees === 1 ? 2 * normalCdf(-Math.sqrt(ratio)) : Math.exp(-ratio / 2),
    };
  };
  return {
    level,
    periods: n,
    exceedances: x,
    expected: n * p,
    coverage: told(coverage, n > 0, 1),
    // without an exceedance that has a period after it nothing can be said of what follows one
    independence: told(independence, n10 + n11 > 0, 1),
    conditionalCoverage: told(conditional, n10 + n11 > 0, 2),
  };
}

/** ln of p^x (1 - p)^(n - x), 0 ln 0 = 0. */
function bernoulli(x: number, n: number, p: number): number {
  return (x > 0 ? x * Math.log(p) : 0) + (n > x ? (n - x) * Math.log1p(-p) : 0);
}
