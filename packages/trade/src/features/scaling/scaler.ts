import { z } from "zod";
import { UsageError } from "../../core/errors.ts";
import { fitRankGaussScaler, interpolate, rankGaussScalerSchema } from "./rankGaussScaler.ts";
import { fitRobustScaler, robustScalerSchema } from "./robustScaler.ts";
import { checkScaling, scaleColumn } from "./scaledColumn.ts";
import type { ScalingConfig } from "./scalingConfig.ts";
import { fitStandardScaler, standardScalerSchema } from "./standardScaler.ts";

/** Columns that come scaled by their own past (`rollingFeature`): only the clip is left to do. */
const rollingScalerSchema = z.strictObject({
  kind: z.literal("rolling"),
  names: z.array(z.string()),
  lookbackBars: z.int().min(2),
  clip: z.number().positive().nullable(),
});

/**
 * What a scaler learned; plain JSON, stored in a model's manifest, the same bits when it is read back. One rule for all
 * kinds: a value that is not finite becomes NaN; scaled values are limited to [-clip, clip] (null leaves them); a column
 * that does not vary in the rows fitted on is named in `constant` and only centred, its scale 1.
 */
export const scalerSchema = z.union([
  standardScalerSchema,
  robustScalerSchema,
  rankGaussScalerSchema,
  rollingScalerSchema,
]);
export type Scaler = z.output<typeof scalerSchema>;

/**
 * Fits on `rows` alone, which must be training rows: nothing else of the columns is read, so nothing of the validation or
 * test range can leak. Rows in which a column is not finite are left out of that column.
 * @throws DataError when a column has no finite value in the rows; UsageError when names, rows or clip do not fit
 */
export function fitScaler(
  config: ScalingConfig,
  names: readonly string[],
  columns: readonly Float32Array[],
  rows: ArrayLike<number>,
): Scaler {
  const { clip } = config;
  if (config.kind === "standard") return fitStandardScaler(names, columns, rows, { clip });
  if (config.kind === "robust") return fitRobustScaler(names, columns, rows, clip);
  if (config.kind === "rankGauss") return fitRankGaussScaler(names, columns, rows, clip);
  checkScaling(names, columns, clip);
  return { kind: "rolling", names: [...names], lookbackBars: config.lookbackBars, clip };
}

/**
 * Scaled and clipped columns, into `out` or new ones; the input is left as it is. A value that is not finite becomes NaN.
 * `out` may be the input columns themselves.
 * @throws UsageError when the number or length of the columns does not fit
 */
export function applyScaler(
  columns: readonly Float32Array[],
  scaler: Scaler,
  out: readonly Float32Array[] = columns.map((column) => new Float32Array(column.length)),
): readonly Float32Array[] {
  if (columns.length !== scaler.names.length || out.length !== columns.length) {
    throw new UsageError(
      `scaler: made for ${scaler.names.length} columns, given ${columns.length} to scale into ${out.length}`,
    );
  }
  columns.forEach((column, f) => {
    const into = out[f]!;
    if (into.length !== column.length) {
      throw new UsageError(
        `scaler: column '${scaler.names[f]}' has ${column.length} rows, its output ${into.length}`,
      );
    }
    scaleColumn(column, into, scaler.clip, mapsOf(scaler, f).scale);
  });
  return out;
}

/**
 * Scaled columns back in their own units; what was clipped comes back as the clip. Of `rankGauss` by the stored table, a
 * score beyond its ends as the end.
 * @throws UsageError for a rolling scaler, whose rows forget their units, and when the number of columns does not fit
 */
export function invertScaler(columns: readonly Float32Array[], scaler: Scaler): readonly Float32Array[] {
  if (columns.length !== scaler.names.length)
    throw new UsageError(`scaler: made for ${scaler.names.length} columns, given ${columns.length}`);
  return columns.map((column, f) => {
    const out = new Float32Array(column.length);
    scaleColumn(column, out, null, mapsOf(scaler, f).invert);
    return out;
  });
}

interface Maps {
  readonly scale: (value: number) => number;
  readonly invert: (scaled: number) => number;
}

/** The map of one column, and its inverse. */
function mapsOf(scaler: Scaler, f: number): Maps {
  if (!("kind" in scaler)) return affine(scaler.mean[f]!, scaler.scale[f]!);
  if (scaler.kind === "robust") return affine(scaler.centre[f]!, scaler.scale[f]!);
  if (scaler.kind === "rankGauss") {
    const { values, scores } = scaler.tables[f]!;
    if (values.length === 1) return affine(values[0]!, 1);
    return {
      scale: (value) => interpolate(values, scores, value),
      invert: (scaled) => interpolate(scores, values, scaled),
    };
  }
  return {
    scale: (value) => value,
    invert: () => {
      throw new UsageError(
        "a rolling scaler has no inverse: every row was scaled by the mean and deviation of its own last bars",
      );
    },
  };
}

function affine(centre: number, scale: number): Maps {
  return { scale: (value) => (value - centre) / scale, invert: (scaled) => scaled * scale + centre };
}
