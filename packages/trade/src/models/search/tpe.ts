import { normalCdf } from "../../core/normalCdf.ts";
import type { Random } from "../../core/random.ts";
import {
  axisOf,
  drawValues,
  namesOf,
  placeOf,
  type SearchRange,
  type SearchSpace,
  type SearchValue,
  type SearchValues,
  valueAt,
} from "./searchSpace.ts";

export interface TpeOptions {
  /** settings drawn uniformly before anything is learned from them */
  readonly startup: number;
  /** share of the settings that count as good */
  readonly gamma: number;
  /** draws from the good ones' density, of which the best is taken */
  readonly candidates: number;
}

/** What was tried, and its loss; infinite where it failed. */
export interface Observation {
  readonly values: SearchValues;
  readonly loss: number;
}

/**
 * The next settings by the tree-structured Parzen estimator (Bergstra, Bardenet, Bengio and Kégl 2011, section 4): the
 * `gamma` best observations give a density l, the others g, each setting by itself; of `candidates` draws from l the one
 * with the largest l / g is taken, which has the largest expected improvement.
 *
 * A density is a mixture, equally weighted, of a Gaussian about each observation, as wide as the larger of the distances to its
 * neighbours (the bounds count), at least range / min(100, n + 2) and at most the range, and of a prior about the
 * middle, as wide as the range; all cut off at the bounds. Whole numbers have the mass of their step. A choice has its
 * count plus 1, over the sum.
 */
export function proposeByTpe(
  space: SearchSpace,
  observed: readonly Observation[],
  options: TpeOptions,
  random: Random,
): SearchValues {
  if (observed.length < options.startup) return drawValues(space, random);
  // of equal losses the older one is the better
  const sorted = observed.toSorted((a, b) => (a.loss < b.loss ? -1 : a.loss > b.loss ? 1 : 0));
  const goods = Math.max(1, Math.min(sorted.length - 1, Math.ceil(options.gamma * sorted.length)));
  const [good, bad] = [sorted.slice(0, goods), sorted.slice(goods)];
  return Object.fromEntries(
    namesOf(space).map((name): [string, SearchValue] => {
      const range = space[name]!;
      const of = (some: readonly Observation[]): SearchValue[] => some.map(({ values }) => values[name]!);
      return [
        name,
        range.kind === "choice"
          ? bestChoice(range.values, of(good), of(bad), options.candidates, random)
          : bestNumber(range, of(good), of(bad), options.candidates, random),
      ];
    }),
  );
}

function bestChoice(
  values: readonly SearchValue[],
  good: readonly SearchValue[],
  bad: readonly SearchValue[],
  candidates: number,
  random: Random,
): SearchValue {
  const shares = (some: readonly SearchValue[]): number[] =>
    values.map((v) => (some.filter((other) => other === v).length + 1) / (some.length + values.length));
  const [l, g] = [shares(good), shares(bad)];
  let best = -1;
  for (let c = 0; c < candidates; c++) {
    let left = random.next();
    let at = 0;
    while (at < values.length - 1 && left >= l[at]!) left -= l[at++]!;
    if (best < 0 || l[at]! / g[at]! > l[best]! / g[best]!) best = at;
  }
  return values[best]!;
}

interface Kernel {
  readonly centre: number;
  readonly width: number;
  /** mass of the Gaussian inside the bounds */
  readonly inside: number;
}

function bestNumber(
  range: Exclude<SearchRange, { kind: "choice" }>,
  good: readonly SearchValue[],
  bad: readonly SearchValue[],
  candidates: number,
  random: Random,
): number {
  const { low, high } = axisOf(range);
  const places = (some: readonly SearchValue[]): number[] => some.map((v) => placeOf(range, Number(v)));
  const [l, g] = [parzen(places(good), low, high), parzen(places(bad), low, high)];
  let best = Number.NaN;
  let bestRatio = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < candidates; c++) {
    const value = valueAt(range, drawFrom(l, low, high, random));
    const ratio = logDensity(l, range, value) - logDensity(g, range, value);
    if (ratio > bestRatio) [best, bestRatio] = [value, ratio];
  }
  return best;
}

function parzen(places: readonly number[], low: number, high: number): Kernel[] {
  const sorted = places.toSorted((a, b) => a - b);
  const span = high - low;
  const least = span / Math.min(100, sorted.length + 2);
  const kernel = (centre: number, width: number): Kernel => ({
    centre,
    width,
    inside: normalCdf((high - centre) / width) - normalCdf((low - centre) / width),
  });
  return [
    ...sorted.map((centre, i) => {
      const [before, after] = [centre - (sorted[i - 1] ?? low), (sorted[i + 1] ?? high) - centre];
      return kernel(centre, Math.min(span, Math.max(least, before, after)));
    }),
    kernel((low + high) / 2, span),
  ];
}

/** By drawing until the draw lies inside: each kernel has at least a third of its mass there. */
function drawFrom(kernels: readonly Kernel[], low: number, high: number, random: Random): number {
  const { centre, width } = kernels[random.below(kernels.length)]!;
  for (;;) {
    const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
    const place = centre + width * radius * Math.cos(2 * Math.PI * random.next());
    if (place >= low && place <= high) return place;
  }
}

function logDensity(
  kernels: readonly Kernel[],
  range: Exclude<SearchRange, { kind: "choice" }>,
  value: number,
): number {
  const place = placeOf(range, value);
  const step = (offset: number): number =>
    range.kind === "int" && range.log ? Math.log(value + offset) : value + offset;
  let sum = 0;
  for (const { centre, width, inside } of kernels) {
    const mass =
      range.kind === "int"
        ? normalCdf((step(0.5) - centre) / width) - normalCdf((step(-0.5) - centre) / width)
        : Math.exp(-(((place - centre) / width) ** 2) / 2) / width;
    sum += mass / inside;
  }
  return Math.log(Math.max(sum / kernels.length, Number.MIN_VALUE));
}
