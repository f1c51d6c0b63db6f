import { describe, expect, it } from "vitest";
import { normalQuantile } from "../../../core/normalQuantile.ts";
import { seededRandom } from "../../../core/random.ts";
import { fitDccGarch } from "./dccGarch.ts";

/** Three GARCH(1,1) series whose correlations follow a DCC with these a and b around 0.6, 0.3 and 0.1. */
function simulated(a: number, b: number, rows: number, seed: number): Float64Array[] {
  const random = seededRandom(seed);
  const draw = () => normalQuantile((random.next() + 1e-12) / (1 + 2e-12));
  const s = [
    [1, 0.6, 0.3],
    [0.6, 1, 0.1],
    [0.3, 0.1, 1],
  ];
  let q = s.map((row) => [...row]);
  const h = [1, 1, 1];
  const out = [0, 1, 2].map(() => new Float64Array(rows));
  for (let t = 0; t < rows; t++) {
    const r = q.map((row, i) => row.map((v, j) => v / Math.sqrt(q[i]![i]! * q[j]![j]!)));
    const l21 = r[1]![0]!;
    const l22 = Math.sqrt(1 - l21 ** 2);
    const l31 = r[2]![0]!;
    const l32 = (r[2]![1]! - l31 * l21) / l22;
    const [x, y, w] = [draw(), draw(), draw()];
    const z = [x, l21 * x + l22 * y, l31 * x + l32 * y + Math.sqrt(1 - l31 ** 2 - l32 ** 2) * w];
    z.forEach((v, i) => {
      out[i]![t] = v * Math.sqrt(h[i]!);
      h[i] = 0.05 + 0.08 * out[i]![t]! ** 2 + 0.87 * h[i]!;
    });
    q = q.map((row, i) => row.map((v, j) => (1 - a - b) * s[i]![j]! + a * z[i]! * z[j]! + b * v));
  }
  return out;
}

describe("fitDccGarch", () => {
  const fit = fitDccGarch(simulated(0.06, 0.9, 2500, 4));

  it("finds what was simulated, within four of its errors", () => {
    expect(fit.reason).toBeNull();
    expect(Math.abs(fit.params.a - 0.06)).toBeLessThan(4 * fit.stdErrors.a!);
    expect(Math.abs(fit.params.b - 0.9)).toBeLessThan(4 * fit.stdErrors.b!);
    expect(fit.stdErrors.a!).toBeLessThan(0.03);
    expect(fit.logLikelihood).toBeGreaterThan(fit.constantLogLikelihood + 5);
    expect(fit.meanCorrelation[0]![1]).toBeCloseTo(0.6, 0);
  });

  it("has a correlation matrix at every row: unit diagonal, symmetric, no negative eigenvalue", () => {
    expect(fit.correlations).toHaveLength(2500);
    for (const r of [
      ...fit.correlations,
      Float64Array.from(fit.nextCorrelation.flatMap((row) => [...row])),
    ]) {
      expect([r[0], r[4], r[8]]).toEqual([1, 1, 1]);
      expect(r[1]).toBe(r[3]);
      // the principal minors of a 3 x 3 matrix
      const [x, y, w] = [r[1]!, r[2]!, r[5]!];
      expect(Math.max(Math.abs(x), Math.abs(y), Math.abs(w))).toBeLessThanOrEqual(1);
      expect(1 + 2 * x * y * w - x * x - y * y - w * w).toBeGreaterThanOrEqual(0);
    }
  });

  it("scales the next correlation by the forecast deviations", () => {
    const { nextCovariance, nextCorrelation } = fit;
    const r = nextCovariance[0]![1]! / Math.sqrt(nextCovariance[0]![0]! * nextCovariance[1]![1]!);
    expect(r).toBeCloseTo(nextCorrelation[0]![1]!, 12);
    const { omega, alpha1, beta1 } = fit.margins[0]!.params as Record<string, number>;
    const { residuals, volatility } = fit.margins[0]!;
    const next = omega! + alpha1! * residuals.at(-1)! ** 2 + beta1! * volatility.at(-1)! ** 2;
    expect(nextCovariance[0]![0]).toBeCloseTo(next, 12);
  });

  it("of two series is the recursion and the likelihood written out", () => {
    const [x, y] = simulated(0.05, 0.92, 900, 6) as [Float64Array, Float64Array];
    const pair = fitDccGarch([x, y]);
    const { a, b } = pair.params;
    const [z, w] = pair.margins.map((m) => m.standardised) as [Float64Array, Float64Array];
    const dot = (p: Float64Array, q: Float64Array) => p.reduce((sum, v, t) => sum + v * q[t]!, 0);
    const s = dot(z, w) / Math.sqrt(dot(z, z) * dot(w, w));
    let [q11, q12, q22] = [1, s, 1];
    let sum = pair.margins[0]!.logLikelihood + pair.margins[1]!.logLikelihood;
    for (let t = 0; t < 900; t++) {
      const r = q12 / Math.sqrt(q11 * q22);
      expect(pair.correlations[t]![1]).toBeCloseTo(r, 12);
      const [p, q] = [z[t]!, w[t]!];
      sum -= 0.5 * (Math.log(1 - r * r) + (p * p - 2 * r * p * q + q * q) / (1 - r * r) - p * p - q * q);
      q11 = 1 - a - b + a * p * p + b * q11;
      q12 = (1 - a - b) * s + a * p * q + b * q12;
      q22 = 1 - a - b + a * q * q + b * q22;
    }
    expect(pair.logLikelihood).toBeCloseTo(sum, 8);
    expect(pair.nextCorrelation[0]![1]).toBeCloseTo(q12 / Math.sqrt(q11 * q22), 12);
  });

  it("is the constant correlation where correlations do not move", () => {
    const still = fitDccGarch(simulated(0, 0, 1500, 8));
    expect(still.logLikelihood).toBeGreaterThanOrEqual(still.constantLogLikelihood);
    expect(still.logLikelihood - still.constantLogLikelihood).toBeLessThan(4);
    for (const r of still.correlations.slice(-100)) {
      expect(Math.abs(r[1]! - still.meanCorrelation[0]![1]!)).toBeLessThan(0.12);
    }
  });

  it("refuses what has no such correlations", () => {
    const [x, y] = simulated(0.05, 0.9, 400, 2) as [Float64Array, Float64Array];
    expect(() => fitDccGarch([x])).toThrow(/1 series: DCC takes 2 to 10/);
    expect(() => fitDccGarch([x, y.slice(1)])).toThrow(/series 2 has 399 rows/);
    expect(() => fitDccGarch([x, x.map((v) => 2 * v)])).toThrow(/perfectly dependent|does not converge/);
    expect(() => fitDccGarch([x, new Float64Array(400)])).toThrow(/no variance/);
    expect(() => fitDccGarch([x, y.map((v, t) => (t === 9 ? Number.NaN : v))])).toThrow(/return 10 of 400/);
    expect(() => fitDccGarch([x, y.map((v, t) => v * Math.exp(t / 40))])).toThrow(
      /series 2: its GARCH does not converge: /,
    );
  });
});
