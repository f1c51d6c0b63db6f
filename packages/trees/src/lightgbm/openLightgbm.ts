import { availableParallelism } from "node:os";
import { TreesDataError } from "../errors.ts";
import { lightgbmLibrary } from "../native/lightgbmLibrary.ts";
import { NativeHandle } from "../native/nativeHandle.ts";
import type { OpenedTrees } from "../training/openedTrees.ts";
import { checkTable, type TreeTable } from "../training/treeData.ts";
import { lightgbmEnsemble } from "./lightgbmEnsemble.ts";
import { boosterImportance, FLOAT32 } from "./trainLightgbm.ts";

/** Kinds of LGBM_BoosterPredictForMat. */
const VALUE = 0;
const MARGIN = 1;
const CONTRIBUTIONS = 3;
const ROW_MAJOR = 1;
const ALL_ROUNDS = -1;

/**
 * A model in LightGBM's text format, with the library.
 *
 * @throws TreesDataError on bytes that are cut short, damaged or of another library
 */
export function openLightgbm(bytes: Uint8Array, options: { threads?: number } = {}): OpenedTrees {
  // read by this program first: the library does not check what it is given
  const ensemble = lightgbmEnsemble(bytes);
  const library = lightgbmLibrary();
  const out: [bigint | null] = [null];
  library.check(library.boosterLoad(new TextDecoder().decode(bytes), [0], out));
  const booster = new NativeHandle("LightGBM booster", out[0]!, library.boosterFree);
  const parameters = `num_threads=${options.threads ?? availableParallelism()} verbosity=-1`;
  const outputs = ensemble.base.length;
  const predict = (table: TreeTable, kind: number, width: number): Float64Array => {
    checkTable("the table", table);
    if (table.features !== ensemble.features)
      throw new TreesDataError(
        `the model reads ${ensemble.features} features, the table has ${table.features}`,
      );
    const told = new Float64Array(table.rows * width);
    library.check(
      library.boosterPredict(
        booster.pointer,
        table.values,
        FLOAT32,
        table.rows,
        table.features,
        ROW_MAJOR,
        kind,
        0,
        ALL_ROUNDS,
        parameters,
        [0],
        told,
      ),
    );
    return told;
  };
  // the library leaves sums where a random forest's score is a mean
  const averaged = (sums: Float64Array): Float64Array =>
    ensemble.isForest ? sums.map((s) => s / ensemble.rounds) : sums;
  return {
    ensemble,
    predict: (table) => {
      const told = predict(table, VALUE, outputs);
      return ensemble.link === "logistic"
        ? Float64Array.from({ length: 2 * told.length }, (_, i) =>
            i % 2 === 0 ? 1 - told[i >> 1]! : told[i >> 1]!,
          )
        : told;
    },
    margins: (table) => averaged(predict(table, MARGIN, outputs)),
    contributions: (table) => averaged(predict(table, CONTRIBUTIONS, outputs * (table.features + 1))),
    importance: (kind) => boosterImportance(library, booster, ensemble.features, 0, kind),
    close: () => booster.close(),
  };
}
