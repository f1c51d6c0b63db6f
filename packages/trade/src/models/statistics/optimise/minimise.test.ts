import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differentiateGradient } from "./differentiateGradient.ts";
import { minimise, type Objective } from "./minimise.ts";

/** Rosenbrock (1960): minimum 0 at (1, 1). */
const rosenbrock: Objective = (x, g) => {
  const [a, b] = [x[0]!, x[1]!];
  g[0] = -400 * a * (b - a * a) - 2 * (1 - a);
  g[1] = 200 * (b - a * a);
  return 100 * (b - a * a) ** 2 + (1 - a) ** 2;
};

/** Wood's function of four variables (Moré, Garbow and Hillstrom 1981, no. 14): minimum 0 at (1, 1, 1, 1). */
const wood: Objective = (x, g) => {
  const [a, b, c, d] = [x[0]!, x[1]!, x[2]!, x[3]!];
  g[0] = -400 * a * (b - a * a) - 2 * (1 - a);
  g[1] = 200 * (b - a * a) + 20.2 * (b - 1) + 19.8 * (d - 1);
  g[2] = -360 * c * (d - c * c) - 2 * (1 - c);
  g[3] = 180 * (d - c * c) + 20.2 * (d - 1) + 19.8 * (b - 1);
  return (
    100 * (b - a * a) ** 2 +
    (1 - a) ** 2 +
    90 * (d - c * c) ** 2 +
    (1 - c) ** 2 +
    10.1 * ((b - 1) ** 2 + (d - 1) ** 2) +
    19.8 * (b - 1) * (d - 1)
  );
};

describe("minimise", () => {
  it.each([
    ["Rosenbrock", rosenbrock, [-1.2, 1]],
    ["Wood", wood, [-3, -1, -3, -1]],
  ])("finds the published minimum of %s", (_, objective, start) => {
    const found = minimise(objective, start, { gradientTolerance: 1e-10 });
    expect(found.converged).toBe(true);
    for (const x of found.x) expect(x).toBeCloseTo(1, 7);
    expect(found.value).toBeLessThan(1e-15);
  });

  it("starts from the inverse Hessian it is given: one Newton step ends in the middle of a bowl", () => {
    // f = 50 (x - 3)^2 + (x - 3)(y + 1) + 2 (y + 1)^2: Hessian 100 1 / 1 4, its inverse 4 -1 / -1 100 over 399
    const bowl: Objective = (x, g) => {
      const [a, b] = [x[0]! - 3, x[1]! + 1];
      g[0] = 100 * a + b;
      g[1] = a + 4 * b;
      return 50 * a * a + a * b + 2 * b * b;
    };
    const inverse = [
      [4 / 399, -1 / 399],
      [-1 / 399, 100 / 399],
    ];
    const found = minimise(bowl, [0, 0], { inverse });
    expect(found).toMatchObject({ converged: true, iterations: 1, evaluations: 2 });
    expect(found.x[0]).toBeCloseTo(3, 12);
    expect(found.x[1]).toBeCloseTo(-1, 12);
    expect(minimise(bowl, [0, 0]).iterations).toBeGreaterThan(1);
    expect(inverse[0]).toEqual([4 / 399, -1 / 399]);
  });

  it("keeps inside where the function has values", () => {
    // x - ln x has its minimum 1 at 1 and no value at or below 0
    const found = minimise(
      (x, g) => {
        g[0] = 1 - 1 / x[0]!;
        return x[0]! > 0 ? x[0]! - Math.log(x[0]!) : Number.NaN;
      },
      [50],
    );
    expect(found.converged).toBe(true);
    expect(found.x[0]).toBeCloseTo(1, 6);
  });

  it("says when there is no minimum, or no start", () => {
    const falling = minimise(
      (x, g) => {
        g[0] = -1;
        return -x[0]!;
      },
      [0],
      { maxIterations: 20 },
    );
    expect(falling.converged).toBe(false);
    expect(minimise(() => Number.NaN, [0])).toMatchObject({
      converged: false,
      reason: "no value at the start",
    });
  });

  it("finds the minimum of any bowl: sum w (x - c)^2 + (sum x - c)^2", () => {
    const bowl = fc.array(
      fc.tuple(fc.double({ min: 0.01, max: 100, noNaN: true }), fc.double({ min: -5, max: 5, noNaN: true })),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(bowl, (terms) => {
        const total = terms.reduce((sum, [, c]) => sum + c, 0);
        const found = minimise(
          (x, g) => {
            const over = x.reduce((sum, v) => sum + v, 0) - total;
            let value = over * over;
            terms.forEach(([w, c], i) => {
              value += w * (x[i]! - c) ** 2;
              g[i] = 2 * w * (x[i]! - c) + 2 * over;
            });
            return value;
          },
          terms.map(() => 0),
          { gradientTolerance: 1e-9 },
        );
        terms.forEach(([, c], i) => {
          expect(found.x[i]!).toBeCloseTo(c, 5);
        });
      }),
      { numRuns: 40 },
    );
  });
});

it("differentiateGradient gives Rosenbrock's Hessian: 1200 x^2 - 400 y + 2, -400 x, 200", () => {
  const hessian = differentiateGradient(rosenbrock, Float64Array.of(-1.2, 1), [1, 1]);
  expect(hessian[0]![0]).toBeCloseTo(1330, 3);
  expect(hessian[0]![1]).toBeCloseTo(480, 3);
  expect(hessian[1]![1]).toBeCloseTo(200, 3);
});
