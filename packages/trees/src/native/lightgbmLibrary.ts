import { TreesDataError } from "../errors.ts";
import { bindFunction, openLibrary } from "./openLibrary.ts";

type Out<T> = [T];
type Rc = number;
type Pointer = bigint;

/** LightGBM's C interface (LightGBM/c_api.h, 4.1), as far as it is used. Each call but the first gives 0 or -1. */
const definitions = {
  lastError: "const char *LGBM_GetLastError()",
  datasetCreate:
    "int LGBM_DatasetCreateFromMat(const void *data, int type, int32_t rows, int32_t columns, int rowMajor, const char *parameters, const void *reference, _Out_ void **out)",
  datasetSetField:
    "int LGBM_DatasetSetField(void *dataset, const char *field, const void *values, int length, int type)",
  datasetFree: "int LGBM_DatasetFree(void *dataset)",
  boosterCreate: "int LGBM_BoosterCreate(void *train, const char *parameters, _Out_ void **out)",
  boosterLoad:
    "int LGBM_BoosterLoadModelFromString(const char *text, _Out_ int *iterations, _Out_ void **out)",
  boosterFree: "int LGBM_BoosterFree(void *booster)",
  boosterAddValidation: "int LGBM_BoosterAddValidData(void *booster, void *validation)",
  boosterUpdate: "int LGBM_BoosterUpdateOneIter(void *booster, _Out_ int *finished)",
  boosterEvaluate: "int LGBM_BoosterGetEval(void *booster, int data, _Out_ int *length, void *out)",
  boosterSave:
    "int LGBM_BoosterSaveModelToString(void *booster, int start, int iterations, int importance, int64_t capacity, _Out_ int64_t *length, void *out)",
  boosterPredict:
    "int LGBM_BoosterPredictForMat(void *booster, const void *data, int type, int32_t rows, int32_t columns, int rowMajor, int kind, int start, int iterations, const char *parameters, _Out_ int64_t *length, void *out)",
  boosterImportance: "int LGBM_BoosterFeatureImportance(void *booster, int iterations, int kind, void *out)",
} as const;

/** Only LightGBM 4.0 and later have it: an older library lays out what it returns otherwise. */
const markOfVersion4 = "int LGBM_ByteBufferFree(void *buffer)";

interface Functions {
  lastError(): string;
  datasetCreate(
    data: Float32Array,
    type: number,
    rows: number,
    columns: number,
    rowMajor: number,
    parameters: string,
    reference: Pointer | null,
    out: Out<Pointer | null>,
  ): Rc;
  datasetSetField(dataset: Pointer, field: string, values: Float32Array, length: number, type: number): Rc;
  datasetFree(dataset: Pointer): Rc;
  boosterCreate(train: Pointer, parameters: string, out: Out<Pointer | null>): Rc;
  boosterLoad(text: string, iterations: Out<number>, out: Out<Pointer | null>): Rc;
  boosterFree(booster: Pointer): Rc;
  boosterAddValidation(booster: Pointer, validation: Pointer): Rc;
  boosterUpdate(booster: Pointer, finished: Out<number>): Rc;
  boosterEvaluate(booster: Pointer, data: number, length: Out<number>, out: Float64Array): Rc;
  boosterSave(
    booster: Pointer,
    start: number,
    iterations: number,
    importance: number,
    capacity: number,
    length: Out<number>,
    out: Uint8Array,
  ): Rc;
  boosterPredict(
    booster: Pointer,
    data: Float32Array,
    type: number,
    rows: number,
    columns: number,
    rowMajor: number,
    kind: number,
    start: number,
    iterations: number,
    parameters: string,
    length: Out<number>,
    out: Float64Array,
  ): Rc;
  boosterImportance(booster: Pointer, iterations: number, kind: number, out: Float64Array): Rc;
}

export interface LightgbmLibrary extends Functions {
  path: string;
  /** @throws TreesDataError with LightGBM's own message where the call failed */
  check(rc: Rc): void;
}

let opened: LightgbmLibrary | undefined;

/** LightGBM 4, loaded once a thread. */
export function lightgbmLibrary(): LightgbmLibrary {
  if (opened) return opened;
  const library = openLibrary("lightgbm");
  bindFunction(library, "LightGBM 4", markOfVersion4);
  const bound = Object.fromEntries(
    Object.entries(definitions).map(([name, text]) => [name, bindFunction(library, "LightGBM 4", text)]),
  ) as unknown as Functions;
  const check = (rc: Rc): void => {
    if (rc !== 0)
      throw new TreesDataError(
        `LightGBM: ${bound
          .lastError()
          .trim()
          .replaceAll(/\s*\n\s*/g, "; ")}`,
      );
  };
  opened = { ...bound, path: library.path, check };
  return opened;
}
