import { loadTablePredictor } from "@orion/grad";
import { DataError } from "../../core/errors.ts";
import { checkNames, checkTable } from "./checkTabular.ts";
import { graphOutput, outputNames, TabularManifest } from "./tabularManifest.ts";
import type { FittedTabular, Table } from "./tabularModel.ts";

export interface OpenTabularOptions {
  /** threads of a prediction; 1 unless given */
  readonly threads?: number;
  /** Shapley values by the kind's own part, from the file alone */
  contributions?(onnx: Uint8Array, manifest: TabularManifest, table: Table): Promise<Float32Array>;
}

/**
 * A fitted model from its file and manifest. It predicts through ONNX Runtime alone: no native library that trained it
 * is needed.
 * @throws DataError when file and manifest do not belong together; an error of the engine when the file is cut short
 */
export async function openTabular(
  onnx: Uint8Array,
  manifest: unknown,
  options: OpenTabularOptions = {},
): Promise<FittedTabular> {
  const parsed = TabularManifest.safeParse(manifest);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new DataError(`model manifest: ${issue?.path.join(".")}: ${issue?.message}: train the model again`);
  }
  const { kind, names, target } = parsed.data;
  const outputs = outputNames(target);
  const predictor = await loadTablePredictor(
    onnx,
    graphOutput(target),
    options.threads === undefined ? {} : { threads: options.threads },
  );
  if (predictor.features !== names.length) {
    await predictor.close();
    throw new DataError(
      `model '${kind}': the file reads ${predictor.features} columns, its manifest names ${names.length}`,
    );
  }
  const check = (table: Table): void => {
    checkNames(table.names, names, `model '${kind}'`);
    checkTable(table, `model '${kind}'`);
  };
  const explain = options.contributions;
  return {
    kind,
    names,
    outputs,
    manifest: parsed.data,
    onnx,
    async predict(table, { signal, onProgress } = {}) {
      check(table);
      signal?.throwIfAborted();
      const found = await predictor.predict(table.values, table.rows, (done) => {
        signal?.throwIfAborted();
        onProgress?.({ stage: "predicting", done, total: table.rows, secondsLeft: null });
      });
      if (found.length !== table.rows * outputs.length)
        throw new DataError(
          `model '${kind}': the file answers ${found.length / table.rows} numbers a row, not ${outputs.length}`,
        );
      const at = found.findIndex((v) => !Number.isFinite(v));
      if (at >= 0)
        throw new DataError(
          `model '${kind}': the answer for row ${Math.floor(at / outputs.length)} is ${found[at]}: its features lie too ` +
            "far from all training rows",
        );
      return found;
    },
    importance: () => parsed.data.importance,
    ...(explain
      ? {
          contributions: async (table: Table) => {
            check(table);
            return explain(onnx, parsed.data, table);
          },
        }
      : {}),
    close: () => predictor.close(),
  };
}
