import { findLibraries } from "@orion/trade/models";
import type { TreeSets } from "@orion/trees";
import koffi from "koffi";

/** The libraries' C calls one after another, with nothing around them: what Orion's training is measured against. */

function load(name: string) {
  const finding = findLibraries().find((each) => each.name === name);
  if (!finding?.works) throw new Error(`${finding?.title}: ${finding?.found}: ${finding?.mend}`);
  return koffi.load(finding.found.split(", ")[1]!);
}

export function bareXgboost({ train }: TreeSets, rounds: number, threads: number): void {
  const library = load("xgboost");
  const createMatrix = library.func(
    "int XGDMatrixCreateFromMat_omp(const void *data, uint64_t rows, uint64_t columns, float missing, _Out_ void **out, int threads)",
  );
  const setFloats = library.func(
    "int XGDMatrixSetFloatInfo(void *matrix, const char *field, const void *values, uint64_t length)",
  );
  const create = library.func("int XGBoosterCreate(void **matrices, uint64_t count, _Out_ void **out)");
  const set = library.func("int XGBoosterSetParam(void *booster, const char *name, const char *value)");
  const update = library.func("int XGBoosterUpdateOneIter(void *booster, int iteration, void *train)");
  const matrix: [bigint] = [0n];
  const { values, rows, features } = train.table;
  createMatrix(values, rows, features, Number.NaN, matrix, threads);
  setFloats(matrix[0], "label", train.targets, rows);
  const booster: [bigint] = [0n];
  create([matrix[0]], 1, booster);
  const settings = {
    objective: "multi:softprob",
    num_class: "3",
    tree_method: "hist",
    nthread: String(threads),
    eta: "0.1",
    max_depth: "6",
    max_bin: "256",
  };
  for (const [name, value] of Object.entries(settings)) set(booster[0], name, value);
  for (let i = 0; i < rounds; i++)
    if (update(booster[0], i, matrix[0]) !== 0) throw new Error(`round ${i} failed`);
}

export function bareLightgbm({ train }: TreeSets, rounds: number, threads: number): void {
  const library = load("lightgbm");
  const createDataset = library.func(
    "int LGBM_DatasetCreateFromMat(const void *data, int type, int32_t rows, int32_t columns, int rowMajor, const char *parameters, const void *reference, _Out_ void **out)",
  );
  const setField = library.func(
    "int LGBM_DatasetSetField(void *dataset, const char *field, const void *values, int length, int type)",
  );
  const create = library.func(
    "int LGBM_BoosterCreate(void *train, const char *parameters, _Out_ void **out)",
  );
  const update = library.func("int LGBM_BoosterUpdateOneIter(void *booster, _Out_ int *finished)");
  const parameters = `objective=multiclass num_class=3 learning_rate=0.1 num_leaves=31 num_threads=${threads} verbosity=-1 deterministic=true force_col_wise=true`;
  const { values, rows, features } = train.table;
  const dataset: [bigint] = [0n];
  createDataset(values, 0, rows, features, 1, parameters, null, dataset);
  setField(dataset[0], "label", train.targets, rows, 0);
  const booster: [bigint] = [0n];
  create(dataset[0], parameters, booster);
  const finished: [number] = [0];
  for (let i = 0; i < rounds; i++)
    if (update(booster[0], finished) !== 0) throw new Error(`round ${i} failed`);
}
