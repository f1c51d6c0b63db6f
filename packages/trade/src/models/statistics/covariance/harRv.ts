import { Matrix, QrDecomposition } from "ml-matrix";
import { DataError } from "../../../core/errors.ts";

/** Days of the week's and the month's mean. */
const WEEK = 5;
const MONTH = 22;

export interface HarRv {
  /** const, daily, weekly, monthly */
  readonly params: Readonly<Record<"const" | "daily" | "weekly" | "monthly", number>>;
  /** of Newey and West (1987), Bartlett weights, `lags` lags, without a correction for small samples */
  readonly stdErrors: Readonly<Record<"const" | "daily" | "weekly" | "monthly", number>>;
  readonly lags: number;
  readonly observations: number;
  readonly rSquared: number;
  /** of the days after the last, each from the forecasts before it */
  readonly forecast: readonly number[];
}

/**
 * Heterogeneous autoregression of realized variance: RV[t+1] = c + b_d RV[t] + b_w mean(RV[t-4..t]) + b_m mean(RV[t-21..t]) + e[t+1],
 * ordinary least squares; errors consistent under heteroskedasticity and autocorrelation,
 *   (X'X)^-1 (G0 + sum_l (1 - l/(L+1)) (Gl + Gl')) (X'X)^-1,  Gl = sum_t x[t] e[t] e[t-l] x[t-l]', L = floor(4 (T/100)^(2/9)).
 *
 * Sources: Corsi, A Simple Approximate Long-Memory Model of Realized Volatility, Journal of Financial Econometrics 7 (2009);
 * Newey and West, Econometrica 55 (1987), and Review of Economic Studies 61 (1994) for L.
 * @param realized one realized variance (or volatility) a day, oldest first, not below 0
 * @throws DataError for fewer than 60 days, a value that is no variance, or a constant series
 */
export function fitHarRv(realized: ArrayLike<number>, horizon = 5, lags?: number): HarRv {
  const n = realized.length;
  if (n < MONTH + 38)
    throw new DataError(`${n} days of realized variance are too few: give at least ${MONTH + 38}`);
  const values = Array.from(realized);
  const bad = values.findIndex((v) => !(v >= 0 && v < Number.POSITIVE_INFINITY));
  if (bad >= 0) throw new DataError(`realized variance ${bad + 1} is ${values[bad]}: no variance`);
  if (values.every((v) => v === values[0]))
    throw new DataError(`the realized variance is ${values[0]} on every day`);
  const rows: number[][] = [];
  for (let t = MONTH - 1; t < n - 1; t++) rows.push(regressors(values, t));
  const x = new Matrix(rows);
  const y = Matrix.columnVector(values.slice(MONTH));
  const qr = new QrDecomposition(x);
  if (!qr.isFullRank())
    throw new DataError("daily, weekly and monthly means say the same: no coefficients to find");
  const b = qr.solve(y);
  const residuals = Matrix.sub(y, x.mmul(b)).to1DArray();
  const used = lags ?? Math.floor(4 * (rows.length / 100) ** (2 / 9));
  const errors = neweyWest(x, residuals, used);
  const mean = y.mean();
  const total = y.to1DArray().reduce((sum, v) => sum + (v - mean) ** 2, 0);
  const rest = residuals.reduce((sum, e) => sum + e * e, 0);
  const named = (v: readonly number[]) => ({ const: v[0]!, daily: v[1]!, weekly: v[2]!, monthly: v[3]! });
  const path = [...values];
  for (let s = 0; s < horizon; s++) {
    path.push(regressors(path, path.length - 1).reduce((sum, v, i) => sum + v * b.get(i, 0), 0));
  }
  return {
    params: named(b.to1DArray()),
    stdErrors: named(errors),
    lags: used,
    observations: rows.length,
    rSquared: 1 - rest / total,
    forecast: path.slice(n),
  };
}

function regressors(values: readonly number[], t: number): number[] {
  const mean = (days: number): number => {
    let sum = 0;
    for (let k = 0; k < days; k++) sum += values[t - k]!;
    return sum / days;
  };
  return [1, values[t]!, mean(WEEK), mean(MONTH)];
}

function neweyWest(x: Matrix, residuals: readonly number[], lags: number): number[] {
  const [n, k] = [x.rows, x.columns];
  const meat = Matrix.zeros(k, k);
  for (let lag = 0; lag <= lags; lag++) {
    const weight = 1 - lag / (lags + 1);
    for (let t = lag; t < n; t++) {
      const product = weight * residuals[t]! * residuals[t - lag]!;
      for (let i = 0; i < k; i++) {
        for (let j = 0; j < k; j++) {
          const cross = x.get(t, i) * x.get(t - lag, j);
          const value = lag === 0 ? cross : cross + x.get(t - lag, i) * x.get(t, j);
          meat.set(i, j, meat.get(i, j) + product * value);
        }
      }
    }
  }
  // through R of X = QR, (X'X)^-1 = R^-1 R^-1'
  const r = new QrDecomposition(x).upperTriangularMatrix;
  const inverse = new QrDecomposition(r).solve(Matrix.eye(k));
  const bread = inverse.mmul(inverse.transpose());
  const covariance = bread.mmul(meat).mmul(bread);
  return covariance.diagonal().map(Math.sqrt);
}
