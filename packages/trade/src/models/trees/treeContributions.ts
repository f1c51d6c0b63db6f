import { readOnnxMetadata } from "@orion/grad";
import { openLightgbm, openXgboost } from "@orion/trees";
import { DataError } from "../../core/errors.ts";
import { outputNames, type TabularManifest } from "../tabular/tabularManifest.ts";
import type { Table } from "../tabular/tabularModel.ts";
import { withLibraryErrors } from "./libraryErrors.ts";
import { nativeModelOf } from "./nativeModel.ts";

/** Which classes have training rows, as the file's metadata says it. */
export const PLACES_KEY = "classes.present";

/**
 * Shapley values by TreeSHAP (Lundberg, Erion and Lee 2018), computed by the library that trained the trees:
 * [rows, K', F + 1], the last of each the expected score. A class without training rows has 0 throughout; where two of
 * several have rows, the first has 0 and the second the log odds.
 */
export async function treeContributions(
  onnx: Uint8Array,
  manifest: TabularManifest,
  table: Table,
): Promise<Float32Array> {
  return withLibraryErrors(manifest.kind, async () => {
    const { format, bytes } = nativeModelOf(onnx);
    if (format === "libsvm") throw new DataError(`model '${manifest.kind}' has no trees: no TreeSHAP values`);
    const opened = format === "xgboost" ? openXgboost(bytes) : openLightgbm(bytes);
    try {
      const features = table.names.length;
      const found = opened.contributions({ values: table.values, rows: table.rows, features });
      const scores = opened.ensemble.base.length;
      const classes = outputNames(manifest.target).length;
      const wanted = classes <= 2 ? 1 : classes;
      if (scores === wanted) return Float32Array.from(found);
      const places = presentPlaces(onnx, scores);
      const width = features + 1;
      const spread = new Float32Array(table.rows * wanted * width);
      for (let row = 0; row < table.rows; row++)
        for (let k = 0; k < scores; k++) {
          const from = (row * scores + k) * width;
          spread.set(found.subarray(from, from + width), (row * wanted + places[k]!) * width);
        }
      return spread;
    } finally {
      opened.close();
    }
  });
}

/** The places that scores belong to; one score is that of the second class present. */
export function presentPlaces(onnx: Uint8Array, scores: number): readonly number[] {
  const places = (readOnnxMetadata(onnx)[PLACES_KEY] ?? "").split(",").map(Number);
  return scores === 1 ? places.slice(1) : places;
}
