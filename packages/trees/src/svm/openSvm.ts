import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TreesDataError, TreesUsageError } from "../errors.ts";
import { chooseLibsvm } from "../native/chooseLibsvm.ts";
import { NativeHandle } from "../native/nativeHandle.ts";
import { nativeLibrary } from "../native/nativeLibraries.ts";
import { checkTable, type TreeTable } from "../training/treeData.ts";
import { readSvmModel, type SvmModel } from "./svmModel.ts";
import { svmNodes } from "./svmNodes.ts";
import { checkNoneMissing } from "./trainSvm.ts";

/** A support vector machine that predicts through the system's libsvm: what serving, which goes through ONNX, is checked by. */
export interface Svm {
  model: SvmModel;
  /** [rows, classes seen in training] probabilities in rising order of class, or [rows, 1] values */
  predict(table: TreeTable): Float64Array;
  close(): void;
}

/**
 * @throws TreesUsageError where only libsvm-js is there, TreesDataError on bytes that are cut short, damaged or of another library
 */
export function openSvm(bytes: Uint8Array): Svm {
  const model = readSvmModel(bytes);
  const choice = chooseLibsvm();
  // libsvm-js keeps the memory of every row that it tells probabilities of
  if (choice.kind === "js")
    throw new TreesUsageError(
      `predicting through libsvm itself needs the native library: run ${nativeLibrary("libsvm").mend}; the model's ONNX file predicts without`,
    );
  const { library } = choice;
  const folder = mkdtempSync(join(tmpdir(), "orion-svm-"));
  let pointer: bigint | null;
  try {
    // libsvm reads models from files only
    const file = join(folder, "model");
    writeFileSync(file, bytes);
    pointer = library.loadModel(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
  if (!pointer) throw new TreesDataError("libsvm cannot read the model: train it again");
  const handle = new NativeHandle("svm model", pointer, library.freeModel);
  return {
    model,
    predict: (table) => {
      checkTable("the table", table);
      checkNoneMissing("the table", table);
      if (table.features !== model.features)
        throw new TreesDataError(`the svm reads ${model.features} features, the table has ${table.features}`);
      const width = Math.max(1, model.labels.length);
      const told = new Float64Array(table.rows * width);
      const out = new Float64Array(new ArrayBuffer(8 * width));
      for (let row = 0; row < table.rows; row++) {
        const from = row * table.features;
        const nodes = svmNodes(table.values.subarray(from, from + table.features), 1, table.features);
        if (model.type === "c_svc") library.predictProbability(handle.pointer, nodes, out);
        else out[0] = library.predict(handle.pointer, nodes);
        told.set(out, row * width);
      }
      return told;
    },
    close: () => handle.close(),
  };
}
