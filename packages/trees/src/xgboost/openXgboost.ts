import { availableParallelism } from "node:os";
import { TreesDataError } from "../errors.ts";
import { copyFloats, copyPointers } from "../native/nativeMemory.ts";
import { xgboostLibrary } from "../native/xgboostLibrary.ts";
import type { TreeEnsemble } from "../onnx/treeEnsemble.ts";
import type { OpenedTrees } from "../training/openedTrees.ts";
import { checkTable, type TreeTable } from "../training/treeData.ts";
import { boosterImportance, createBooster, createMatrix } from "./trainXgboost.ts";
import { xgboostEnsemble, xgboostVersionOf } from "./xgboostEnsemble.ts";

/** Kinds of XGBoosterPredictFromDMatrix. */
const VALUE = 0;
const MARGIN = 1;
const CONTRIBUTIONS = 2;

/**
 * A model in XGBoost's JSON, with the library.
 *
 * @throws TreesDataError on bytes that are cut short, damaged, of another library or of a later version
 */
export function openXgboost(bytes: Uint8Array, options: { threads?: number } = {}): OpenedTrees {
  const ensemble: TreeEnsemble = xgboostEnsemble(bytes);
  const library = xgboostLibrary();
  const written = xgboostVersionOf(bytes);
  if (Number(written.split(".")[0]) > Number(library.versionText.split(".")[0]))
    throw new TreesDataError(
      `the model was written by XGBoost ${written}, this machine has ${library.versionText}: train it again here`,
    );
  const threads = options.threads ?? availableParallelism();
  const booster = createBooster(library, []);
  try {
    library.check(library.boosterLoad(booster.pointer, bytes, bytes.length));
    library.check(library.boosterSetParam(booster.pointer, "nthread", String(threads)));
  } catch (thrown) {
    booster.close();
    throw thrown;
  }
  const predict = (table: TreeTable, kind: number): Float32Array => {
    checkTable("the table", table);
    if (table.features !== ensemble.features)
      throw new TreesDataError(
        `the model reads ${ensemble.features} features, the table has ${table.features}`,
      );
    const matrix = createMatrix(library, table, threads);
    try {
      const config = {
        type: kind,
        training: false,
        iteration_begin: 0,
        iteration_end: 0,
        strict_shape: true,
      };
      const shape: [bigint | null] = [null];
      const dimensions: [number] = [0];
      const out: [bigint | null] = [null];
      library.check(
        library.boosterPredict(
          booster.pointer,
          matrix.pointer,
          JSON.stringify(config),
          shape,
          dimensions,
          out,
        ),
      );
      const extents = copyPointers(shape[0]!, Number(dimensions[0]));
      return copyFloats(out[0]!, Number(extents.reduce((a, b) => a * b, 1n)));
    } finally {
      matrix.close();
    }
  };
  return {
    ensemble,
    predict: (table) => {
      const told = predict(table, VALUE);
      return ensemble.link === "logistic"
        ? Float64Array.from({ length: 2 * told.length }, (_, i) =>
            i % 2 === 0 ? 1 - told[i >> 1]! : told[i >> 1]!,
          )
        : Float64Array.from(told);
    },
    margins: (table) => Float64Array.from(predict(table, MARGIN)),
    contributions: (table) => Float64Array.from(predict(table, CONTRIBUTIONS)),
    importance: (kind) => boosterImportance(library, booster, ensemble.features, kind),
    close: () => booster.close(),
  };
}
