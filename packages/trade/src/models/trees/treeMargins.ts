import { openLightgbm, openXgboost } from "@orion/trees";
import { DataError } from "../../core/errors.ts";
import { outputNames, type TabularManifest } from "../tabular/tabularManifest.ts";
import type { Table } from "../tabular/tabularModel.ts";
import { withLibraryErrors } from "./libraryErrors.ts";
import { nativeModelOf } from "./nativeModel.ts";
import { presentPlaces } from "./treeContributions.ts";

/**
 * Raw scores [rows, K'] of boosted trees as the library tells them, by another way than Shapley values: what the values of a row
 * have to sum to. K' is 1 for values and for two classes; a class without training rows has 0.
 */
export async function treeMargins(
  onnx: Uint8Array,
  manifest: TabularManifest,
  table: Table,
): Promise<Float64Array> {
  return withLibraryErrors(manifest.kind, async () => {
    const { format, bytes } = nativeModelOf(onnx);
    if (format === "libsvm") throw new DataError(`model '${manifest.kind}' has no trees: no raw scores`);
    const opened = format === "xgboost" ? openXgboost(bytes) : openLightgbm(bytes);
    try {
      const told = opened.margins({ values: table.values, rows: table.rows, features: table.names.length });
      const scores = opened.ensemble.base.length;
      const classes = outputNames(manifest.target).length;
      const wanted = classes <= 2 ? 1 : classes;
      if (scores === wanted) return told;
      const places = presentPlaces(onnx, scores);
      const spread = new Float64Array(table.rows * wanted);
      for (let row = 0; row < table.rows; row++)
        for (let k = 0; k < scores; k++) spread[row * wanted + places[k]!] = told[row * scores + k]!;
      return spread;
    } finally {
      opened.close();
    }
  });
}
