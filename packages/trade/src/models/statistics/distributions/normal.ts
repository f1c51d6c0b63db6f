import { normalCdf } from "../../../core/normalCdf.ts";
import { normalQuantile } from "../../../core/normalQuantile.ts";
import type { Innovation } from "./innovation.ts";

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/** f(z) = exp(-z^2 / 2) / sqrt(2 pi). E[z | z <= q] = -f(q) / p. */
export const normal: Innovation = {
  shapeNames: [],
  shapes: [],
  logDensity: () => (z, out) => {
    out[0] = -0.5 * z * z - HALF_LOG_TWO_PI;
    out[1] = -z;
  },
  logDensitySum: () => (z, slopes) => {
    let squares = 0;
    for (let t = 0; t < z.length; t++) {
      squares += z[t]! * z[t]!;
      slopes[t] = -z[t]!;
    }
    return -0.5 * squares - z.length * HALF_LOG_TWO_PI;
  },
  cdf: normalCdf,
  quantile: (p) => (p > 0 && p < 1 ? normalQuantile(p) : Number.NaN),
  tailMean(p) {
    const q = normalQuantile(p);
    return -Math.exp(-0.5 * q * q - HALF_LOG_TWO_PI) / p;
  },
  lowerSquare: () => 0.5,
};
