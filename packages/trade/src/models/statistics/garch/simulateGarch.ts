import { UsageError } from "../../../core/errors.ts";
import type { Random } from "../../../core/random.ts";
import { innovations } from "../distributions/innovations.ts";
import { type GarchSpec, layoutOf } from "./garchSpec.ts";
import { MEAN_ABSOLUTE } from "./logVarianceRecursion.ts";

/** Rows before the first that is kept: what the recursion starts from is forgotten. */
const WARM_UP = 500;

/**
 * A path of the model (`garchSpec`), z drawn by inversion. It starts with h = 1, e = 0 and 500 rows that are thrown away.
 * @param params by the names of a fit
 * @throws UsageError for a parameter that is missing, or a variance that leaves the numbers
 */
export function simulateGarch(
  spec: GarchSpec,
  params: Readonly<Record<string, number>>,
  length: number,
  random: Random,
): { returns: Float64Array; variances: Float64Array } {
  const { names, arLags } = layoutOf(spec);
  const missing = names.find((name) => !Number.isFinite(params[name]));
  if (missing)
    throw new UsageError(`the simulation has no parameter '${missing}'; it needs ${names.join(", ")}`);
  const { p, q, kind } = spec;
  const innovation = innovations[spec.dist];
  const shape = innovation.shapeNames.map((name) => params[name]!);
  const before = Math.max(p, q, arLags);
  const total = before + WARM_UP + length;
  const r = new Float64Array(total);
  const e = new Float64Array(total);
  const z = new Float64Array(total);
  const h = new Float64Array(total).fill(1);
  const at = (name: string, i: number): number => params[`${name}${i}`]!;
  for (let t = before; t < total; t++) {
    let level = params.omega!;
    for (let i = 1; i <= p; i++) {
      const then = t - i;
      if (kind === "egarch")
        level += at("alpha", i) * (Math.abs(z[then]!) - MEAN_ABSOLUTE) + at("gamma", i) * z[then]!;
      else level += (at("alpha", i) + (kind === "gjr" && e[then]! < 0 ? at("gamma", i) : 0)) * e[then]! ** 2;
    }
    for (let j = 1; j <= q; j++)
      level += at("beta", j) * (kind === "egarch" ? Math.log(h[t - j]!) : h[t - j]!);
    h[t] = kind === "egarch" ? Math.exp(level) : level;
    if (!(h[t]! > 0 && h[t]! < Number.POSITIVE_INFINITY)) {
      throw new UsageError(
        `the variance of these parameters leaves the numbers: row ${t - before} has ${h[t]}`,
      );
    }
    // 0 has no quantile: the next number is drawn
    let u = random.next();
    while (u === 0) u = random.next();
    z[t] = innovation.quantile(u, shape);
    e[t] = Math.sqrt(h[t]!) * z[t]!;
    r[t] = (params.mu ?? 0) + e[t]!;
    for (let i = 1; i <= arLags; i++) r[t]! += at("ar", i) * r[t - i]!;
  }
  return { returns: r.slice(total - length), variances: h.slice(total - length) };
}
