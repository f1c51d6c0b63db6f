import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../core/random.ts";
import type { CopulaFamily } from "./copula.ts";
import { type CopulaName, copulaFamilies } from "./families.ts";
import { fitCopula, selectCopula } from "./fitCopula.ts";
import { simulateCopula } from "./simulateCopula.ts";

function draw(name: CopulaName, params: number[], n: number, seed: number) {
  const family: CopulaFamily = copulaFamilies[name];
  return simulateCopula(family, params, n, seededRandom(seed));
}

describe("what was drawn is found again, within four of its own errors", () => {
  it.each<[CopulaName, number[]]>([
    ["gaussian", [0.6]],
    ["t", [0.5, 5]],
    ["clayton", [1.5]],
    ["clayton90", [1]],
    ["gumbel", [1.8]],
    ["gumbel180", [1.5]],
    ["frank", [-4]],
    ["joe", [2]],
    ["joe270", [1.6]],
  ])("%s %j", (name, params) => {
    const { u, v } = draw(name, params, 800, 21);
    const fit = fitCopula(u, v, name);
    expect(fit.reason).toBeNull();
    const family: CopulaFamily = copulaFamilies[name];
    family.paramNames.forEach((p, k) => {
      expect(fit.stdErrors[p]!).toBeGreaterThan(0);
      expect(Math.abs(fit.params[p]! - params[k]!)).toBeLessThan(4 * fit.stdErrors[p]!);
    });
    expect(fit.aic).toBeCloseTo(2 * params.length - 2 * fit.logLikelihood, 9);
  });
});

it("has errors of the size that repeated samples show", () => {
  const estimates: number[] = [];
  const errors: number[] = [];
  for (let seed = 1; seed <= 40; seed++) {
    const { u, v } = draw("clayton", [1.2], 200, seed);
    const fit = fitCopula(u, v, "clayton");
    estimates.push(fit.params.theta!);
    errors.push(fit.stdErrors.theta!);
  }
  const mean = estimates.reduce((a, b) => a + b, 0) / 40;
  const spread = Math.sqrt(estimates.reduce((sum, e) => sum + (e - mean) ** 2, 0) / 39);
  const told = errors.reduce((a, b) => a + b, 0) / 40;
  // the spread of 40 draws is itself known to about 11 %
  expect(told / spread).toBeGreaterThan(0.75);
  expect(told / spread).toBeLessThan(1.35);
});

it("has the errors of a normal copula with unknown margins: (1 - rho^2) / sqrt(n), Klaassen and Wellner (1997)", () => {
  const { u, v } = draw("gaussian", [0.6], 3000, 12);
  const fit = fitCopula(u, v, "gaussian");
  const rho = fit.params.rho!;
  // with known margins it would be smaller by sqrt(1 + rho^2), 17 %
  expect((fit.stdErrors.rho! * Math.sqrt(3000)) / (1 - rho * rho)).toBeGreaterThan(0.95);
  expect((fit.stdErrors.rho! * Math.sqrt(3000)) / (1 - rho * rho)).toBeLessThan(1.05);
});

it("does not depend on the margins: ranks are all it reads", () => {
  const { u, v } = draw("gumbel", [1.7], 400, 4);
  const plain = fitCopula(u, v, "gumbel");
  const bent = fitCopula(
    u.map((x) => Math.exp(9 * x)),
    v.map((y) => y ** 3 - 7),
    "gumbel",
  );
  expect(bent).toEqual(plain);
});

describe("selectCopula", () => {
  it.each<[CopulaName, number[]]>([
    ["clayton", [2]],
    ["gumbel", [2]],
    ["t", [0.3, 3]],
    ["frank", [6]],
    ["joe90", [2.5]],
  ])("finds %s in 2,000 of its draws", (name, params) => {
    const { u, v } = draw(name, params, 2000, 8);
    const { best, all } = selectCopula(u, v);
    expect(best.family).toBe(name);
    expect(all.map((f) => f.aic)).toEqual(all.map((f) => f.aic).sort((a, b) => a - b));
    expect(all.some((f) => f.family === "independence" && f.aic === 0)).toBe(true);
  });

  it("finds independence where there is none", () => {
    const random = seededRandom(17);
    const [x, y] = [0, 1].map(() => Float64Array.from({ length: 500 }, () => random.next()));
    const { best } = selectCopula(x!, y!);
    expect(best.aic).toBeLessThanOrEqual(0);
    expect(best.tailDependence.lower).toBeLessThan(0.1);
  });
});

describe("what cannot be fitted", () => {
  const random = seededRandom(2);
  const x = Float64Array.from({ length: 200 }, () => random.next());
  const y = Float64Array.from({ length: 200 }, () => random.next());

  it("is refused with the reason", () => {
    expect(() =>
      fitCopula(
        x,
        x.map((v) => 3 * v - 1),
        "gaussian",
      ),
    ).toThrow(/perfectly dependent, one rises/);
    expect(() =>
      selectCopula(
        x,
        x.map((v) => -v),
      ),
    ).toThrow(/perfectly dependent, one falls/);
    expect(() => fitCopula(x, new Float64Array(200).fill(2), "t")).toThrow(/constant/);
    expect(() => fitCopula(x.subarray(0, 49), y.subarray(0, 49), "t")).toThrow(/49 pairs are too few/);
    expect(() => fitCopula(x, y.subarray(1), "t")).toThrow(/200 values beside 199/);
    expect(() =>
      fitCopula(
        x,
        y.map((v, i) => (i === 3 ? Number.NaN : v)),
        "t",
      ),
    ).toThrow(/pair 4/);
    expect(() => fitCopula(x, y, "klayton" as CopulaName)).toThrow(
      /no copula 'klayton': choose one of gaussian/,
    );
  });

  it("is marked: a family of the wrong sign", () => {
    const { u, v } = draw("gaussian", [-0.7], 400, 6);
    const fit = fitCopula(u, v, "clayton");
    expect(fit.converged).toBe(false);
    expect(fit.reason).toMatch(/bound|peak/);
    expect(fit.stdErrors.theta).toBeNull();
  });
});
