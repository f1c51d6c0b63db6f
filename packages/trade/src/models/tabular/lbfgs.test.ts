import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lbfgs, type Objective } from "./lbfgs.ts";

/** (1 - x)² + 100 (y - x²)² (Rosenbrock 1960): 0 at (1, 1). */
const rosenbrock: Objective = (at, into) => {
  const [x, y] = [at[0]!, at[1]!];
  into[0] = -2 * (1 - x) - 400 * x * (y - x * x);
  into[1] = 200 * (y - x * x);
  return (1 - x) ** 2 + 100 * (y - x * x) ** 2;
};

/** Σ a_i (x_i - c_i)² / 2 */
const bowl =
  (a: readonly number[], c: readonly number[]): Objective =>
  (x, into) =>
    a.reduce((sum, ai, i) => {
      into[i] = ai * (x[i]! - c[i]!);
      return sum + (ai * (x[i]! - c[i]!) ** 2) / 2;
    }, 0);

describe("lbfgs", () => {
  it("walks Rosenbrock's valley from its usual start", async () => {
    const { x, converged, iterations } = await lbfgs(rosenbrock, Float64Array.of(-1.2, 1));
    expect(converged).toBe(true);
    expect(iterations).toBeLessThan(80);
    expect(x[0]).toBeCloseTo(1, 8);
    expect(x[1]).toBeCloseTo(1, 8);
  });

  it("soft-thresholds with an L1 term: sign(c) max(0, |c| - λ / a), exact zeros included", async () => {
    const term = fc.record({
      a: fc.double({ min: 0.1, max: 20, noNaN: true }),
      c: fc.double({ min: -5, max: 5, noNaN: true }),
      l1: fc.double({ min: 0.05, max: 10, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(term, { minLength: 1, maxLength: 8 }), async (terms) => {
        const objective = bowl(
          terms.map(({ a }) => a),
          terms.map(({ c }) => c),
        );
        const l1 = Float64Array.from(terms, ({ l1: own }) => own);
        const { x } = await lbfgs(objective, new Float64Array(terms.length).fill(1), { l1 });
        terms.forEach(({ a, c, l1: own }, i) => {
          const expected = Math.sign(c) * Math.max(0, Math.abs(c) - own / a);
          if (Math.abs(c) < 0.999 * (own / a)) expect(x[i]).toBe(0);
          else expect(x[i]).toBeCloseTo(expected, 5);
        });
      }),
      { numRuns: 60 },
    );
  });

  it("says that it has not converged, and stops when it is told to", async () => {
    const start = Float64Array.of(-1.2, 1);
    expect((await lbfgs(rosenbrock, start, { iterations: 3 })).converged).toBe(false);
    await expect(lbfgs(rosenbrock, start, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });
});
