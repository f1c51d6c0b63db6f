import fc from "fast-check";
import { expect, test } from "vitest";
import { baumWelchStep } from "./baumWelchStep.ts";
import type { GaussianHmm, HmmRows } from "./gaussianHmm.ts";
import { logChainOf, logDensities } from "./gaussianHmm.ts";
import { backwardPass, filteredShares, forwardPass, type LogChain, posterior } from "./hmmPasses.ts";
import { logSumExp } from "./logSumExp.ts";
import { viterbi } from "./viterbi.ts";

const logs = (values: readonly number[]) => Float64Array.from(values, Math.log);

// Jurafsky and Martin, Speech and Language Processing, appendix A, figure A.2: ice creams eaten on hot and cold days
const iceCream: LogChain = {
  states: 2,
  initial: logs([0.8, 0.2]),
  transition: logs([0.6, 0.4, 0.5, 0.5]),
};
const HOT = [0.2, 0.4, 0.4];
const COLD = [0.5, 0.4, 0.1];
const eaten = (...days: number[]) => logs(days.flatMap((n) => [HOT[n - 1]!, COLD[n - 1]!]));

test("the ice creams 3 1 3: the trellis of figure A.5, and what follows by hand", () => {
  const pass = forwardPass(iceCream, eaten(3, 1, 3));
  const alpha = [...pass.logAlpha].map(Math.exp);
  // 0.0404 * 0.6 + 0.069 * 0.5, times 0.4; 0.0404 * 0.4 + 0.069 * 0.5, times 0.1
  const expected = [0.32, 0.02, 0.0404, 0.069, 0.023496, 0.005066];
  for (const [i, value] of expected.entries()) expect(alpha[i]).toBeCloseTo(value, 12);
  expect(Math.exp(pass.logLikelihood)).toBeCloseTo(0.028562, 12);
  expect(Math.exp(pass.logScores[0]!)).toBeCloseTo(0.34, 12);
  const filtered = filteredShares(pass, 2);
  expect(filtered[2]).toBeCloseTo(0.0404 / 0.1094, 12);
  const { path, logProbability } = viterbi(iceCream, eaten(3, 1, 3));
  // hot: 0.32 * 0.6 * 0.2 = 0.0384, cold: 0.32 * 0.4 * 0.5 = 0.064; then 0.064 * 0.5 * 0.4 = 0.0128 is the most
  expect([...path]).toEqual([0, 1, 0]);
  expect(Math.exp(logProbability)).toBeCloseTo(0.0128, 12);
});

/** Every path of states with its probability. */
function everyPath(chain: LogChain, densities: Float64Array): { path: number[]; probability: number }[] {
  const K = chain.states;
  const rows = densities.length / K;
  return Array.from({ length: K ** rows }, (_, code) => {
    const path = Array.from({ length: rows }, (_, t) => Math.floor(code / K ** t) % K);
    const log = path.reduce(
      (sum, k, t) =>
        sum + densities[t * K + k]! + (t === 0 ? chain.initial[k]! : chain.transition[path[t - 1]! * K + k]!),
      0,
    );
    return { path, probability: Math.exp(log) };
  });
}

const share = fc.double({ min: 0.05, max: 1, noNaN: true });
const row = (length: number) =>
  fc.array(share, { minLength: length, maxLength: length }).map((v) => {
    const sum = v.reduce((a, b) => a + b, 0);
    return v.map((x) => x / sum);
  });
const real = fc.double({ min: -3, max: 3, noNaN: true });
const hmm = fc
  .record({
    initial: row(3),
    transition: fc.array(row(3), { minLength: 3, maxLength: 3 }),
    means: fc.array(fc.array(real, { minLength: 2, maxLength: 2 }), { minLength: 3, maxLength: 3 }),
    variances: fc.array(fc.tuple(share, share, fc.double({ min: -0.9, max: 0.9, noNaN: true })), {
      minLength: 3,
      maxLength: 3,
    }),
  })
  .map(
    ({ variances, ...rest }): GaussianHmm => ({
      kind: "gaussianHmm",
      names: ["x", "y"],
      covariance: "full",
      ...rest,
      covariances: variances.map(([a, b, r]) => [
        [a, r * Math.sqrt(a * b)],
        [r * Math.sqrt(a * b), b],
      ]),
    }),
  );
const sixRows = fc
  .array(real, { minLength: 12, maxLength: 12 })
  .map((v): HmmRows => ({ names: ["x", "y"], rows: 6, values: Float64Array.from(v) }));

test("passes and the best path are those of all 729 paths of six rows", () => {
  fc.assert(
    fc.property(hmm, sixRows, (model, data) => {
      const chain = logChainOf(model);
      const densities = logDensities(model, data);
      const paths = everyPath(chain, densities);
      const total = paths.reduce((sum, p) => sum + p.probability, 0);
      const { shares, transitions, logLikelihood } = posterior(chain, densities);
      expect(logLikelihood).toBeCloseTo(Math.log(total), 9);
      const mass = (keep: (path: number[]) => boolean) =>
        paths.filter((p) => keep(p.path)).reduce((sum, p) => sum + p.probability, 0) / total;
      for (let t = 0; t < 6; t++)
        for (let k = 0; k < 3; k++)
          expect(shares[t * 3 + k]).toBeCloseTo(
            mass((path) => path[t] === k),
            9,
          );
      for (let i = 0; i < 3; i++)
        for (let j = 0; j < 3; j++) {
          let expected = 0;
          for (let t = 0; t < 5; t++) expected += mass((path) => path[t] === i && path[t + 1] === j);
          expect(transitions[i * 3 + j]).toBeCloseTo(expected, 9);
        }
      const found = viterbi(chain, densities);
      expect(Math.exp(found.logProbability) / Math.max(...paths.map((p) => p.probability))).toBeCloseTo(1, 9);
      // the filtered probabilities of the last row are the smoothed ones
      const filtered = filteredShares(forwardPass(chain, densities), 3);
      for (let k = 0; k < 3; k++) expect(filtered[15 + k]).toBeCloseTo(shares[15 + k]!, 9);
    }),
    { numRuns: 25 },
  );
});

test("one step of Baum-Welch is the weighted mean over all paths, and the likelihood does not fall", () => {
  // below the least eigenvalue of any model drawn here, 0.05 (1 - 0.9): none begins under its floor
  const rules = { deviations: Float64Array.of(1, 1), varianceFloor: 1e-3 };
  fc.assert(
    fc.property(hmm, sixRows, (model, data) => {
      const paths = everyPath(logChainOf(model), logDensities(model, data));
      const total = paths.reduce((sum, p) => sum + p.probability, 0);
      const step = baumWelchStep(model, data, rules);
      for (let k = 0; k < 3; k++) {
        let weight = 0;
        let left = 0;
        let sum = 0;
        let squares = 0;
        let stay = 0;
        for (const { path, probability } of paths) {
          path.forEach((state, t) => {
            if (state !== k) return;
            weight += probability;
            sum += probability * data.values[t * 2]!;
            squares += probability * data.values[t * 2]! ** 2;
            if (t < 5) left += probability;
            if (t < 5 && path[t + 1] === k) stay += probability;
          });
        }
        if (weight / total < 1e-3 || left / total < 1e-3) continue;
        expect(step.model.means[k]![0]).toBeCloseTo(sum / weight, 6);
        expect(step.model.transition[k]![k]).toBeCloseTo(stay / left, 6);
        const variance = squares / weight - (sum / weight) ** 2;
        const [[a, b], [, c]] = step.model.covariances[k] as [[number, number], [number, number]];
        const least = (a + c) / 2 - Math.hypot((a - c) / 2, b);
        if (least > 1.001e-3) expect(a).toBeCloseTo(variance, 6);
      }
      const after = baumWelchStep(step.model, data, rules);
      expect(after.logLikelihood).toBeGreaterThanOrEqual(step.logLikelihood - 1e-8);
    }),
    { numRuns: 40 },
  );
}, 30_000);

test("a filtered row does not change with what follows it", () => {
  fc.assert(
    fc.property(hmm, sixRows, fc.integer({ min: 1, max: 5 }), (model, data, cut) => {
      const chain = logChainOf(model);
      const densities = logDensities(model, data);
      const whole = filteredShares(forwardPass(chain, densities), 3);
      const part = filteredShares(forwardPass(chain, densities.subarray(0, cut * 3)), 3);
      expect(part).toEqual(whole.subarray(0, cut * 3));
    }),
  );
});

test("sums of logs neither overflow nor vanish", () => {
  expect(logSumExp(Float64Array.of(-1000, -1000))).toBeCloseTo(-1000 + Math.LN2, 12);
  expect(logSumExp(Float64Array.of(1000, 1000))).toBeCloseTo(1000 + Math.LN2, 12);
  expect(logSumExp(Float64Array.of(-Infinity, 2))).toBe(2);
  expect(logSumExp(Float64Array.of(-Infinity, -Infinity))).toBe(-Infinity);
  const none = backwardPass(iceCream, new Float64Array(0));
  expect(none).toHaveLength(0);
});
