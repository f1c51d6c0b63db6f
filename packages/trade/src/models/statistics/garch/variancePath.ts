import type { GarchLayout, GarchSpec } from "./garchSpec.ts";
import type { Path } from "./path.ts";

/**
 * h[t] = omega + sum (alpha_i + gamma_i [e[t-i] < 0]) e[t-i]^2 + sum beta_j h[t-j], and its derivatives by every parameter:
 *   dh[t] = (1 | e^2 | e^2 [e < 0] | h) + 2 sum (alpha_i + gamma_i [e < 0]) e[t-i] de[t-i] + sum beta_j dh[t-j].
 * @returns false where a variance is not above 0 or not finite
 */
export function variancePath(
  path: Path,
  { p, q }: GarchSpec,
  layout: GarchLayout,
  parameters: ArrayLike<number>,
  wantsSlopes: boolean,
): boolean {
  const { e, de, h, dh, before, length, count, means, squares, dSquares } = path;
  const { alpha, gamma, beta, omega: omegaAt } = layout;
  const omega = parameters[omegaAt]!;
  for (let t = 0; t < before; t++) {
    h[t] = squares;
    dh.fill(0, t * count, (t + 1) * count);
    for (let k = 0; k < means; k++) dh[t * count + k] = dSquares[k]!;
  }
  for (let t = before; t < before + length; t++) {
    const row = t * count;
    let variance = omega;
    if (wantsSlopes) {
      for (let k = 0; k < count; k++) dh[row + k] = 0;
      dh[row + omegaAt] = 1;
    }
    for (let i = 1; i <= p; i++) {
      const then = t - i;
      const isBefore = then < before;
      const square = isBefore ? squares : e[then]! * e[then]!;
      const below = isBefore ? 0.5 : e[then]! < 0 ? 1 : 0;
      const weight = parameters[alpha + i - 1]! + (gamma < 0 ? 0 : parameters[gamma + i - 1]! * below);
      variance += weight * square;
      if (!wantsSlopes) continue;
      dh[row + alpha + i - 1] = square;
      if (gamma >= 0) dh[row + gamma + i - 1] = square * below;
      for (let k = 0; k < means; k++) {
        dh[row + k]! += weight * (isBefore ? dSquares[k]! : 2 * e[then]! * de[then * means + k]!);
      }
    }
    for (let j = 1; j <= q; j++) {
      const weight = parameters[beta + j - 1]!;
      variance += weight * h[t - j]!;
      if (!wantsSlopes) continue;
      const then = (t - j) * count;
      for (let k = 0; k < beta + q; k++) dh[row + k]! += weight * dh[then + k]!;
      dh[row + beta + j - 1]! += h[t - j]!;
    }
    if (!(variance > 0 && variance < Number.POSITIVE_INFINITY)) return false;
    h[t] = variance;
  }
  return true;
}
