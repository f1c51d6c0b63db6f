import { z } from "zod";
import { isotonicRegression } from "./isotonicRegression.ts";
import { newtonLogistic } from "./newtonLogistic.ts";

const finite = z.number();

/** A rising map from a probability to a probability; plain JSON. */
export const BinaryCalibration = z.discriminatedUnion("kind", [
  /** 1 / (1 + exp(-(slope ln(p / (1 - p)) + intercept))) */
  z.strictObject({ kind: z.literal("platt"), slope: finite.min(0), intercept: finite }),
  /** 1 / (1 + 1 / (e^c p^a / (1 - p)^b)) */
  z.strictObject({ kind: z.literal("beta"), a: finite.min(0), b: finite.min(0), c: finite }),
  /** straight lines between the points (x, y), y[0] before them and the last y beyond */
  z.strictObject({ kind: z.literal("isotonic"), x: z.array(finite).min(1), y: z.array(finite).min(1) }),
]);
export type BinaryCalibration = z.output<typeof BinaryCalibration>;
export type BinaryMethod = BinaryCalibration["kind"];

/** A probability nearer to 0 or 1 counts as this near: the spacing of 32-bit floats below 1. */
const NEAREST = 2 ** -24;
const held = (p: number): number => Math.min(1 - NEAREST, Math.max(NEAREST, p));
const logistic = (s: number): number => (s >= 0 ? 1 / (1 + Math.exp(-s)) : Math.exp(s) / (1 + Math.exp(s)));

/**
 * Platt scaling (Platt 1999) of scores s: P(hit) = 1 / (1 + exp(-(slope s + intercept))), fitted by maximum likelihood to
 * Platt's targets t = (N₊ + 1) / (N₊ + 2) for hits and 1 / (N₋ + 2) for misses, which keep it finite when the scores part
 * hits from misses. By Newton's method (Lin, Lin and Weng 2007). N are sums of weights. The slope may be negative.
 */
export function plattScaling(
  scores: Float64Array,
  hits: Uint8Array,
  weights?: Float64Array,
): { slope: number; intercept: number; converged: boolean } {
  let [positive, negative] = [0, 0];
  hits.forEach((hit, i) => {
    if (hit) positive += weights?.[i] ?? 1;
    else negative += weights?.[i] ?? 1;
  });
  const [high, low] = [(positive + 1) / (positive + 2), 1 / (negative + 2)];
  const targets = Float64Array.from(hits, (hit) => (hit ? high : low));
  const ones = new Float64Array(scores.length).fill(1);
  const start = Float64Array.of(0, Math.log((positive + 1) / (negative + 1)));
  const { theta, converged } = newtonLogistic([scores, ones], targets, weights, start);
  return { slope: theta[0]!, intercept: theta[1]!, converged };
}

/**
 * Fits one map from out-of-fold probabilities `p` of one class to whether it was that class. All three maps rise:
 * - platt: Platt scaling of the log odds of p. A fit that would fall is held level at the share of hits (slope 0).
 * - beta: Kull, Silva Filho and Flach 2017: logistic regression of the hits on ln p and -ln(1 - p), a, b >= 0; one that
 *   comes out negative is set to 0 and the others are fitted again (their section 4).
 * - isotonic: the rising step function of least squares (`isotonicRegression`), with straight lines between its blocks.
 */
export function fitBinary(
  method: BinaryMethod,
  p: Float64Array,
  hits: Uint8Array,
  weights?: Float64Array,
): { calibration: BinaryCalibration; notes: string[] } {
  if (method === "isotonic") {
    const { x, y } = isotonicRegression(p, Float64Array.from(hits), weights);
    return { calibration: { kind: "isotonic", x: [...x], y: [...y] }, notes: [] };
  }
  if (method === "platt") {
    const logOdds = p.map((v) => Math.log(held(v) / (1 - held(v))));
    const found = plattScaling(logOdds, hits, weights);
    if (found.slope >= 0)
      return {
        calibration: { kind: "platt", slope: found.slope, intercept: found.intercept },
        notes: found.converged ? [] : ["Platt scaling has not converged"],
      };
    const level = plattScaling(new Float64Array(p.length), hits, weights);
    return {
      calibration: { kind: "platt", slope: 0, intercept: level.intercept },
      notes: ["hits become rarer as the probability rises: it is replaced by their share"],
    };
  }
  return fitBeta(p, hits, weights);
}

function fitBeta(
  p: Float64Array,
  hits: Uint8Array,
  weights: Float64Array | undefined,
): { calibration: BinaryCalibration; notes: string[] } {
  const inputs = {
    a: p.map((v) => Math.log(held(v))),
    b: p.map((v) => -Math.log(1 - held(v))),
    c: new Float64Array(p.length).fill(1),
  };
  const targets = Float64Array.from(hits);
  const fit = (names: readonly ("a" | "b" | "c")[]) => {
    const { theta, converged } = newtonLogistic(
      names.map((name) => inputs[name]),
      targets,
      weights,
      new Float64Array(names.length),
    );
    const found = { a: 0, b: 0, c: 0, converged };
    names.forEach((name, i) => {
      found[name] = theta[i]!;
    });
    return found;
  };
  let found = fit(["a", "b", "c"]);
  const notes: string[] = [];
  if (found.a < 0 || found.b < 0) found = fit(found.a < found.b ? ["b", "c"] : ["a", "c"]);
  if (found.a < 0 || found.b < 0) {
    found = fit(["c"]);
    notes.push("hits become rarer as the probability rises: it is replaced by their share");
  }
  if (!found.converged)
    notes.push("beta calibration has not converged: the probabilities may part hits from misses");
  const { a, b, c } = found;
  return { calibration: { kind: "beta", a, b, c }, notes };
}

/** The calibrated probability. */
export function applyBinary(calibration: BinaryCalibration, p: number): number {
  switch (calibration.kind) {
    case "platt":
      return logistic(calibration.slope * Math.log(held(p) / (1 - held(p))) + calibration.intercept);
    case "beta":
      return logistic(
        calibration.a * Math.log(held(p)) - calibration.b * Math.log(1 - held(p)) + calibration.c,
      );
    case "isotonic":
      return interpolate(calibration.x, calibration.y, p);
  }
}

function interpolate(x: readonly number[], y: readonly number[], at: number): number {
  if (Number.isNaN(at)) return Number.NaN;
  if (at <= x[0]!) return y[0]!;
  let [low, high] = [0, x.length - 1];
  if (at >= x[high]!) return y[high]!;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle]! <= at) low = middle;
    else high = middle;
  }
  const share = (at - x[low]!) / (x[high]! - x[low]!);
  return y[low]! + share * (y[high]! - y[low]!);
}
