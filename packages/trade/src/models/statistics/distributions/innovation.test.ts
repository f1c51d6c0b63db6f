import tQuantile from "@stdlib/stats-base-dists-t-quantile";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digamma } from "./digamma.ts";
import { innovations, meanAbsolute } from "./innovations.ts";
import { studentQuantiles } from "./studentQuantiles.ts";

const names = Object.keys(innovations) as (keyof typeof innovations)[];
const shape = {
  normal: fc.constant([]),
  t: fc.tuple(fc.double({ min: 2.2, max: 60, noNaN: true })),
  skewt: fc.tuple(
    fc.double({ min: 2.2, max: 60, noNaN: true }),
    fc.double({ min: -0.8, max: 0.8, noNaN: true }),
  ),
} as const;

it("digamma has the tabled values", () => {
  // Abramowitz and Stegun, table 6.1, and psi(1/2) = -gamma - 2 ln 2
  expect(digamma(1)).toBeCloseTo(-0.5772156649015329, 13);
  expect(digamma(1.5)).toBeCloseTo(0.03648997397857652, 13);
  expect(digamma(0.5)).toBeCloseTo(-1.9635100260214235, 13);
  expect(digamma(0)).toBeNaN();
});

describe.each(names)("%s", (name) => {
  const innovation = innovations[name];
  const out = new Float64Array(4);
  const logDensity = (z: number, parameters: ArrayLike<number>): number => {
    innovation.logDensity(parameters)(z, out);
    return out[0]!;
  };

  it("has a density of integral 1, mean 0, variance 1, of which the cdf is the integral", () => {
    // Simpson's rule in s, z = sinh s: the tails of a t with few degrees of freedom are long
    const parameters = { normal: [], t: [5], skewt: [6, -0.3] }[name];
    const steps = 4000;
    const moments = [0, 0, 0, 0, 0];
    for (let i = 0; i <= steps; i++) {
      const s = -15 + (30 * i) / steps;
      const z = Math.sinh(s);
      const weight = ((i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2) * 30) / steps / 3;
      const mass = weight * Math.exp(logDensity(z, parameters)) * Math.cosh(s);
      for (let k = 0; k < 3; k++) moments[k]! += mass * z ** k;
      moments[3]! += mass * Math.abs(z);
      if (z < 0) moments[4]! += mass * z * z;
    }
    expect(moments[0]).toBeCloseTo(1, 7);
    expect(moments[1]).toBeCloseTo(0, 7);
    expect(moments[2]).toBeCloseTo(1, 6);
    expect(innovation.lowerSquare(parameters)).toBeCloseTo(moments[4]!, 5);
    expect(meanAbsolute(innovation, parameters)).toBeCloseTo(moments[3]!, 5);
  });

  it("has derivatives of its log density, a cdf whose slope it is, a quantile that inverts it", () => {
    fc.assert(
      fc.property(
        shape[name] as fc.Arbitrary<number[]>,
        fc.double({ min: -6, max: 6, noNaN: true }),
        (parameters, z) => {
          const step = 1e-5;
          const exact = out.slice();
          innovation.logDensity(parameters)(z, exact);
          const density = Math.exp(exact[0]!);
          // the skewed density has a kink in its second derivative at the mode: differences across it are less exact
          expect(exact[1]!).toBeCloseTo(
            (logDensity(z + step, parameters) - logDensity(z - step, parameters)) / (2 * step),
            4,
          );
          parameters.forEach((_, k) => {
            const moved = (by: number) => parameters.map((p, i) => (i === k ? p + by : p));
            const slope = (logDensity(z, moved(step)) - logDensity(z, moved(-step))) / (2 * step);
            expect(exact[2 + k]! / Math.max(1, Math.abs(slope))).toBeCloseTo(
              slope / Math.max(1, Math.abs(slope)),
              4,
            );
          });
          const slope =
            (innovation.cdf(z + step, parameters) - innovation.cdf(z - step, parameters)) / (2 * step);
          expect(slope).toBeCloseTo(density, 5);
          const p = innovation.cdf(z, parameters);
          if (p > 1e-9 && p < 1 - 1e-9) expect(innovation.quantile(p, parameters)).toBeCloseTo(z, 5);
        },
      ),
    );
  });

  it("sums what it says of each z, far out and in the middle", () => {
    fc.assert(
      fc.property(
        shape[name] as fc.Arbitrary<number[]>,
        fc.array(
          fc.oneof(
            fc.double({ min: -6, max: 6, noNaN: true }),
            // so many that their product leaves the numbers where it is not taken in parts
            fc.double({ min: -1e60, max: 1e60, noNaN: true }),
          ),
          { maxLength: 40 },
        ),
        (parameters, values) => {
          const [slopes, byShape] = [new Float64Array(values.length), new Float64Array(parameters.length)];
          const sum = innovation.logDensitySum(parameters)(Float64Array.from(values), slopes, byShape);
          const terms = values.map((z) => {
            innovation.logDensity(parameters)(z, out);
            return out.slice();
          });
          const near = (value: number, parts: readonly number[]) => {
            const size = parts.reduce((total, part) => total + Math.abs(part), 1);
            expect(Math.abs(value - parts.reduce((total, part) => total + part, 0)) / size).toBeLessThan(
              1e-10,
            );
          };
          near(
            sum,
            terms.map((term) => term[0]!),
          );
          terms.forEach((term, i) => {
            near(slopes[i]!, [term[1]!]);
          });
          parameters.forEach((_, k) => {
            near(
              byShape[k]!,
              terms.map((term) => term[2 + k]!),
            );
          });
        },
      ),
    );
  });

  it("has a tail mean that is the mean of its quantiles", () => {
    const parameters = { normal: [], t: [4], skewt: [5, 0.4] }[name];
    for (const p of [0.01, 0.05, 0.6]) {
      // E[z | z <= q] = integral of quantile(u) over (0, p) / p, u = p s^4 against the pole at 0
      let sum = 0;
      const steps = 20_000;
      for (let i = 0; i < steps; i++) {
        const s = (i + 0.5) / steps;
        sum += (innovation.quantile(p * s ** 4, parameters) * 4 * s ** 3) / steps;
      }
      expect(innovation.tailMean(p, parameters)).toBeCloseTo(sum, 4);
    }
  });

  it("has no quantile outside (0, 1)", () => {
    for (const p of [0, 1, -1, Number.NaN]) expect(innovation.quantile(p, [5, 0.1])).toBeNaN();
  });
});

it("studentQuantiles are those of the library, from the middle to the tails", () => {
  const below = [1e-9, 1e-6, 1e-4, 0.001, 0.01, 0.2, 0.4999, 0.5];
  for (const nu of [1, 2.3, 7, 150]) {
    studentQuantiles(below)(nu).forEach((x, i) => {
      const exact = tQuantile(below[i]!, nu);
      expect(Math.abs(x - exact)).toBeLessThan((1e-13 / below[i]! + 1e-10) * Math.abs(exact) + 1e-12);
    });
  }
});

it("studentQuantiles are the closed forms of one and two degrees of freedom", () => {
  // Cauchy: tan(pi (p - 1/2)); nu = 2: (2p - 1) / sqrt(2 p (1 - p)) (Shaw, Sampling Student's T Distribution, 2006, eq. 36)
  const below = Float64Array.from({ length: 250 }, (_, i) => (i + 1) / 501);
  const cauchy = studentQuantiles(below)(1);
  const two = studentQuantiles(below)(2);
  below.forEach((p, i) => {
    expect(Math.abs(cauchy[i]! / Math.tan(Math.PI * (p - 0.5)) - 1)).toBeLessThan(1e-10);
    expect(Math.abs((two[i]! * Math.sqrt(2 * p * (1 - p))) / (2 * p - 1) - 1)).toBeLessThan(1e-10);
  });
  expect(studentQuantiles([0.5])(7)[0]).toBe(0);
});

it("a skewed t of lambda 0 is the t, a t of many degrees of freedom the normal", () => {
  const { normal, t, skewt } = innovations;
  expect(skewt.quantile(0.03, [5, 0])).toBeCloseTo(t.quantile(0.03, [5]), 12);
  expect(t.quantile(0.01, [1e7])).toBeCloseTo(normal.quantile(0.01, []), 5);
  // Student's table: t(0.975; 4) = 2.776445, scaled by sqrt(2/4)
  expect(t.quantile(0.975, [4])).toBeCloseTo(2.776445105 * Math.SQRT1_2, 8);
});
