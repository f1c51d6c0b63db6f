/** Value of a function at x; writes its gradient into `gradient`. Infinity or NaN where it has no value. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

export interface MinimiseOptions {
  /** on max_i |g_i| max(1, |x_i|) / max(1, |f|) (Dennis and Schnabel 1983, 7.2.5) */
  readonly gradientTolerance?: number;
  readonly maxIterations?: number;
  /** first guess of the inverse Hessian, symmetric and positive definite; without it the unit matrix, scaled after the first step */
  readonly inverse?: readonly (readonly number[])[] | undefined;
}

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  readonly iterations: number;
  readonly evaluations: number;
  /** the gradient met its tolerance */
  readonly converged: boolean;
  readonly reason: string;
}

// Nocedal and Wright 2006, p. 62: a loose curvature condition suits quasi-Newton directions
const DECREASE = 1e-4;
const CURVATURE = 0.9;

/**
 * A local minimum by BFGS: d = -H g, x' = x + a d with a by the strong Wolfe conditions,
 *   H' = (I - r s y') H (I - r y s') + r s s',  s = x' - x, y = g' - g, r = 1 / (y's),
 * H first the guess, or scaled by y's / y'y. Meant for some tens of variables: H is dense.
 *
 * Source: Nocedal and Wright, Numerical Optimization, 2nd ed. 2006, algorithms 6.1, 3.5 and 3.6.
 */
export function minimise(
  objective: Objective,
  start: ArrayLike<number>,
  options: MinimiseOptions = {},
): Minimum {
  const { gradientTolerance = 1e-7, maxIterations = 500 } = options;
  const n = start.length;
  let evaluations = 0;
  const at = (x: Float64Array): Point => {
    evaluations++;
    const gradient = new Float64Array(n);
    const value = objective(x, gradient);
    const sound = Number.isFinite(value) && gradient.every(Number.isFinite);
    return { x, value: sound ? value : Number.POSITIVE_INFINITY, gradient };
  };
  let here = at(Float64Array.from(start));
  const done = (iterations: number, reason: string): Minimum => ({
    ...here,
    iterations,
    evaluations,
    converged: here.value < Number.POSITIVE_INFINITY && relativeGradient(here) <= gradientTolerance,
    reason,
  });
  if (here.value === Number.POSITIVE_INFINITY) return done(0, "no value at the start");
  let inverse = options.inverse?.map((row) => Float64Array.from(row)) ?? identity(n);
  let fresh = options.inverse === undefined;
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    if (relativeGradient(here) <= gradientTolerance) return done(iteration, "gradient is zero");
    let direction = times(inverse, here.gradient, -1);
    let slope = dot(direction, here.gradient);
    if (!(slope < 0)) {
      inverse = identity(n);
      fresh = true;
      direction = here.gradient.map((g) => -g);
      slope = dot(direction, here.gradient);
    }
    // the first direction has no scale of its own
    const first = fresh ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    const next = lineSearch(at, here, direction, slope, first);
    if (!next) {
      if (fresh) return done(iteration, "no step along the gradient lowers the value");
      inverse = identity(n);
      fresh = true;
      continue;
    }
    update(inverse, here, next, fresh);
    fresh = false;
    here = next;
  }
  return done(maxIterations, `gradient not zero after ${maxIterations} iterations`);
}

interface Point {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

function relativeGradient({ x, value, gradient }: Point): number {
  let worst = 0;
  for (let i = 0; i < x.length; i++) {
    worst = Math.max(worst, Math.abs(gradient[i]!) * Math.max(1, Math.abs(x[i]!)));
  }
  return worst / Math.max(1, Math.abs(value));
}

/** A step that satisfies the strong Wolfe conditions, or the lowest point seen; null where none is lower. */
function lineSearch(
  at: (x: Float64Array) => Point,
  from: Point,
  direction: Float64Array,
  slope: number,
  first: number,
): Point | null {
  const try_ = (step: number): Trial => {
    const point = at(from.x.map((value, i) => value + step * direction[i]!));
    return { step, point, slope: dot(point.gradient, direction) };
  };
  let best: Point | null = null;
  const isBetter = (point: Point): boolean => point.value < (best?.value ?? from.value);
  const accepted = (trial: Trial): boolean => Math.abs(trial.slope) <= -CURVATURE * slope;
  const isHigh = (trial: Trial): boolean =>
    !(trial.point.value <= from.value + DECREASE * trial.step * slope);
  let low: Trial = { step: 0, point: from, slope };
  let high: Trial | null = null;
  let step = first;
  for (let k = 0; k < 40; k++) {
    const trial = try_(step);
    if (isBetter(trial.point)) best = trial.point;
    if (isHigh(trial) || trial.point.value >= low.point.value) high = trial;
    else {
      if (accepted(trial)) return trial.point;
      if (high ? trial.slope * (high.step - low.step) >= 0 : trial.slope >= 0) high = low;
      low = trial;
    }
    if (!high) step = 2 * step;
    else {
      if (Math.abs(high.step - low.step) <= 1e-14 * Math.max(low.step, high.step)) break;
      step = between(low, high);
    }
  }
  return best;
}

interface Trial {
  readonly step: number;
  readonly point: Point;
  readonly slope: number;
}

/** Minimum of the cubic through values and slopes, kept off the ends; the middle where there is no such cubic. */
function between(a: Trial, b: Trial): number {
  const width = b.step - a.step;
  const middle = a.step + 0.5 * width;
  if (!Number.isFinite(b.point.value)) return a.step + 0.1 * width;
  const d1 = a.slope + b.slope - (3 * (b.point.value - a.point.value)) / width;
  const square = d1 * d1 - a.slope * b.slope;
  if (!(square >= 0)) return middle;
  const d2 = Math.sign(width) * Math.sqrt(square);
  const step = b.step - (width * (b.slope + d2 - d1)) / (b.slope - a.slope + 2 * d2);
  const share = (step - a.step) / width;
  return share > 0.05 && share < 0.95 ? step : middle;
}

type Square = Float64Array[];

function identity(n: number): Square {
  return Array.from({ length: n }, (_, i) => Float64Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function times(matrix: Square, vector: Float64Array, factor: number): Float64Array {
  return Float64Array.from(matrix, (row) => factor * dot(row, vector));
}

function update(inverse: Square, from: Point, to: Point, fresh: boolean): void {
  const n = from.x.length;
  const s = to.x.map((value, i) => value - from.x[i]!);
  const y = to.gradient.map((value, i) => value - from.gradient[i]!);
  const curvature = dot(s, y);
  // without positive curvature the update would not stay positive definite
  if (!(curvature > 1e-12 * Math.sqrt(dot(s, s) * dot(y, y)))) return;
  if (fresh) for (let i = 0; i < n; i++) inverse[i]![i] = curvature / dot(y, y);
  const hy = times(inverse, y, 1);
  const scale = (1 + dot(y, hy) / curvature) / curvature;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      inverse[i]![j]! += scale * s[i]! * s[j]! - (s[i]! * hy[j]! + hy[i]! * s[j]!) / curvature;
    }
  }
}
