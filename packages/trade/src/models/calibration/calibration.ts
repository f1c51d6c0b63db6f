import { z } from "zod";
import { DataError } from "../../core/errors.ts";
import type { OutOfFold } from "../tabular/outOfFold.ts";
import type { TabularData } from "../tabular/tabularModel.ts";
import { applyBinary, BinaryCalibration, fitBinary } from "./binaryCalibration.ts";
import { applyTemperature, temperatureScaling } from "./temperatureScaling.ts";

export const CalibrationConfig = z.strictObject({
  method: z.enum(["platt", "isotonic", "temperature", "beta"]).default("platt"),
});
export type CalibrationConfig = z.output<typeof CalibrationConfig>;

/**
 * What turns a model's probabilities into frequencies; plain JSON, kept in a manifest and applied to what the graph answers,
 * so that the raw answer stays readable and one graph can be calibrated anew.
 */
export const Calibration = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("temperature"),
    temperature: z.number().positive(),
    notes: z.array(z.string()),
  }),
  /** one map a class, the row divided by its sum; of two classes one map, of the second, and the first is the rest */
  z.strictObject({
    kind: z.literal("perClass"),
    maps: z.array(BinaryCalibration).min(1),
    notes: z.array(z.string()),
  }),
]);
export type Calibration = z.output<typeof Calibration>;

/** Rows below which a map has more freedom than evidence. */
const FEW_ROWS = 30;

/**
 * Fits a calibrator on out-of-fold predictions, never on predictions of rows that the model has learned from; rows in no
 * fold are left out. More than two classes: one against the rest, then each row divided by its sum (Zadrozny and Elkan 2002);
 * temperature scales all classes at once.
 * @throws DataError when a class has no rows or no others: nothing tells how often it occurs
 */
export function fitCalibration(
  { method }: CalibrationConfig,
  { predictions, fold, outputs }: Pick<OutOfFold, "predictions" | "fold" | "outputs">,
  { target, weights }: Pick<TabularData, "target" | "weights">,
): Calibration {
  if (target.kind !== "classes")
    throw new DataError("calibration: values have no probabilities to calibrate");
  const K = target.classes.length;
  if (outputs.join("\n") !== target.classes.join("\n"))
    throw new DataError(
      `calibration: predictions of ${outputs.join(", ")} for classes ${target.classes.join(", ")}: they have to be the same`,
    );
  const rows = Array.from(fold).flatMap((k, i) => (k >= 0 ? [i] : []));
  for (const i of rows)
    for (let k = 0; k < K; k++) {
      const p = predictions[i * K + k]!;
      if (!(p >= 0 && p <= 1 + 1e-5))
        throw new DataError(`calibration: row ${i}, class '${target.classes[k]}': ${p} is no probability`);
    }
  const own = weights ? Float64Array.from(rows, (i) => weights[i]!) : undefined;
  const y = Int32Array.from(rows, (i) => target.y[i]!);
  const notes = rows.length < FEW_ROWS ? [`fitted on ${rows.length} rows only`] : [];
  target.classes.forEach((name, k) => {
    const hits = y.reduce((sum, c, i) => sum + (c === k ? (own?.[i] ?? 1) : 0), 0);
    if (!(hits > 0))
      throw new DataError(`calibration: no out-of-fold row is of class '${name}': give more rows`);
  });
  if (method === "temperature") {
    const kept = new Float64Array(rows.length * K);
    rows.forEach((row, i) => {
      kept.set(predictions.subarray(row * K, (row + 1) * K), i * K);
    });
    const { temperature, atBorder } = temperatureScaling(kept, y, K, own);
    if (atBorder)
      notes.push(
        temperature > 1 ? "the probabilities tell nothing" : "the most probable class was always right",
      );
    return { kind: "temperature", temperature, notes };
  }
  const maps = (K === 2 ? [1] : target.classes.map((_, k) => k)).map((k) => {
    const p = Float64Array.from(rows, (i) => Math.min(1, predictions[i * K + k]!));
    const hits = Uint8Array.from(y, (c) => (c === k ? 1 : 0));
    const fitted = fitBinary(method, p, hits, own);
    notes.push(...fitted.notes.map((note) => `${target.classes[k]}: ${note}`));
    return fitted.calibration;
  });
  return { kind: "perClass", maps, notes };
}

/**
 * Calibrated probabilities [N, K], each row of which sums to 1. A row whose maps all answer 0 (isotonic, far from what was
 * seen) is not told apart by them: it keeps its raw probabilities.
 */
export function calibrate(
  calibration: Calibration,
  probabilities: Float32Array,
  classes: number,
): Float32Array {
  const maps = calibration.kind === "perClass" ? calibration.maps : [];
  if (calibration.kind === "perClass" && maps.length !== (classes === 2 ? 1 : classes))
    throw new DataError(`calibration: ${maps.length} maps for ${classes} classes`);
  const found = new Float32Array(probabilities.length);
  const row = new Float64Array(classes);
  for (let at = 0; at < probabilities.length; at += classes) {
    const raw = probabilities.subarray(at, at + classes);
    if (calibration.kind === "temperature") applyTemperature(raw, calibration.temperature, row);
    else if (classes === 2) {
      row[1] = applyBinary(maps[0]!, raw[1]!);
      row[0] = 1 - row[1];
    } else {
      let sum = 0;
      maps.forEach((map, k) => {
        row[k] = applyBinary(map, raw[k]!);
        sum += row[k]!;
      });
      if (sum > 0) for (let k = 0; k < classes; k++) row[k]! /= sum;
      else row.set(raw);
    }
    found.set(row, at);
  }
  return found;
}
