import { z } from "zod";
import type { CorrelationMatrix } from "./correlationMatrix.ts";
import { symmetricEigen } from "./symmetricEigen.ts";

export const principalComponentsSchema = z
  .strictObject({
    kind: z.literal("pca"),
    /** all columns, in the order in which they are given */
    from: z.array(z.string()),
    /** those that vary */
    used: z.array(z.string()).min(1),
    constant: z.array(z.string()),
    /** training rows that were read */
    rows: z.int(),
    /** share of the variance that was asked for */
    variance: z.number(),
    /** of each used column */
    mean: z.array(z.number()),
    deviation: z.array(z.number().positive()),
    /** of each component its share of the variance, descending */
    shares: z.array(z.number()).min(1),
    /** [component][used column], unit vectors */
    loadings: z.array(z.array(z.number())),
  })
  .refine(
    ({ used, mean, deviation, shares, loadings }) =>
      mean.length === used.length &&
      deviation.length === used.length &&
      loadings.length === shares.length &&
      loadings.every((row) => row.length === used.length),
    { message: "means, deviations and loadings have to fit the columns used" },
  );
export type PrincipalComponents = z.output<typeof principalComponentsSchema>;

/**
 * Principal components of the correlation matrix, so that no column leads by its unit: as few, the largest first, as hold
 * the share `variance` of the variance. A component is sum over columns of loading x (value - mean) / deviation.
 * Source: Pearson 1901; Jolliffe 2002, Principal Component Analysis, 2.3 and 6.1.
 */
export function fitComponents(variance: number, matrix: CorrelationMatrix): PrincipalComponents {
  const { names, rows, mean, deviation, values } = matrix;
  const used = names.map((_, f) => f).filter((f) => deviation[f]! > 0);
  const among = Float64Array.from({ length: used.length ** 2 }, (_, at) => {
    const [i, j] = [Math.floor(at / used.length), at % used.length];
    return values[used[i]! * names.length + used[j]!]!;
  });
  const eigen = symmetricEigen(among, used.length);
  // rounding may take the eigenvalue of a combination that does not vary below 0
  const sizes = eigen.values.map((value) => Math.max(0, value));
  const total = sizes.reduce((sum, value) => sum + value, 0);
  let count = 0;
  // a share of 1 is reached where what is left is rounding
  for (let held = 0; held < variance * total * (1 - 1e-12); count++) held += sizes[count]!;
  return {
    kind: "pca",
    from: [...names],
    used: used.map((f) => names[f]!),
    constant: names.filter((_, f) => deviation[f] === 0),
    rows: rows.length,
    variance,
    mean: used.map((f) => mean[f]!),
    deviation: used.map((f) => deviation[f]!),
    shares: [...sizes.subarray(0, count)].map((value) => value / total),
    loadings: eigen.vectors.slice(0, count).map((vector) => [...vector]),
  };
}

/** @param columns those used, of one length */
export function applyComponents(
  columns: readonly Float32Array[],
  { mean, deviation, loadings }: PrincipalComponents,
): readonly Float32Array[] {
  const length = columns[0]?.length ?? 0;
  const sum = new Float64Array(length);
  return loadings.map((loading) => {
    sum.fill(0);
    columns.forEach((column, f) => {
      const weight = loading[f]! / deviation[f]!;
      const centre = mean[f]!;
      for (let t = 0; t < length; t++) sum[t]! += weight * (column[t]! - centre);
    });
    return Float32Array.from(sum, (value) => (Number.isFinite(Math.fround(value)) ? value : Number.NaN));
  });
}
