import type { GarchLayout, GarchSpec } from "./garchSpec.ts";
import type { Path } from "./path.ts";

/** E|z| of a normal z. */
export const MEAN_ABSOLUTE = Math.sqrt(2 / Math.PI);

/** A variance of exp(60) times the data's own is no variance: the recursion has run away. */
const HIGHEST = 60;

/**
 * x[t] = ln h[t] = omega + sum (alpha_i (|z[t-i]| - sqrt(2/pi)) + gamma_i z[t-i]) + sum beta_j x[t-j], z = e exp(-x/2), with
 *   dx[t] = (1 | |z| - sqrt(2/pi) | z | x) + sum (alpha_i sign z + gamma_i) dz[t-i] + sum beta_j dx[t-j],
 *   dz[t] = de[t] exp(-x[t]/2) - z[t] dx[t] / 2.
 * Leaves h = exp(x) and dh = h dx. False where x runs away.
 */
export function logVariancePath(
  path: Path,
  { p, q }: GarchSpec,
  layout: GarchLayout,
  parameters: ArrayLike<number>,
  wantsSlopes: boolean,
): boolean {
  const { e, de, h, dh, logs, z, dz, before, length, count, means, squares, dSquares } = path;
  const { alpha, gamma, beta, omega, shape } = layout;
  const level = Math.log(squares);
  for (let t = 0; t < before; t++) {
    h[t] = squares;
    logs[t] = level;
    dh.fill(0, t * count, (t + 1) * count);
    for (let k = 0; k < means; k++) dh[t * count + k] = dSquares[k]! / squares;
  }
  for (let t = before; t < before + length; t++) {
    const row = t * count;
    let x = parameters[omega]!;
    if (wantsSlopes) {
      for (let k = 0; k < count; k++) dh[row + k] = 0;
      dh[row + omega] = 1;
    }
    for (let i = 1; i <= p; i++) {
      const then = t - i;
      if (then < before) continue;
      const size = Math.abs(z[then]!) - MEAN_ABSOLUTE;
      x += parameters[alpha + i - 1]! * size + parameters[gamma + i - 1]! * z[then]!;
      if (!wantsSlopes) continue;
      dh[row + alpha + i - 1]! += size;
      dh[row + gamma + i - 1]! += z[then]!;
      const pull = parameters[alpha + i - 1]! * Math.sign(z[then]!) + parameters[gamma + i - 1]!;
      for (let k = 0; k < shape; k++) dh[row + k]! += pull * dz[then * count + k]!;
    }
    for (let j = 1; j <= q; j++) {
      const weight = parameters[beta + j - 1]!;
      x += weight * logs[t - j]!;
      if (!wantsSlopes) continue;
      const then = (t - j) * count;
      for (let k = 0; k < shape; k++) dh[row + k]! += weight * dh[then + k]!;
      dh[row + beta + j - 1]! += logs[t - j]!;
    }
    if (!(Math.abs(x - level) < HIGHEST)) return false;
    logs[t] = x;
    h[t] = Math.exp(x);
    const scale = 1 / Math.sqrt(h[t]!);
    z[t] = e[t]! * scale;
    if (!wantsSlopes) continue;
    for (let k = 0; k < shape; k++) {
      dz[row + k] = (k < means ? de[t * means + k]! * scale : 0) - 0.5 * z[t]! * dh[row + k]!;
    }
  }
  if (wantsSlopes) {
    for (let t = before; t < before + length; t++) {
      for (let k = 0; k < count; k++) dh[t * count + k]! *= h[t]!;
    }
  }
  return true;
}
