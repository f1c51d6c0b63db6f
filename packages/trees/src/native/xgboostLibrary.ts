import { TreesDataError, TreesUsageError } from "../errors.ts";
import { bindFunction, openLibrary } from "./openLibrary.ts";

type Out<T> = [T];
type Rc = number;
type Pointer = bigint;

/** XGBoost's C interface (xgboost/c_api.h, 1.7), as far as it is used. Each call but the first two gives 0 or -1. */
const definitions = {
  version: "void XGBoostVersion(_Out_ int *major, _Out_ int *minor, _Out_ int *patch)",
  lastError: "const char *XGBGetLastError()",
  setGlobalConfig: "int XGBSetGlobalConfig(const char *config)",
  matrixCreate:
    "int XGDMatrixCreateFromMat_omp(const void *data, uint64_t rows, uint64_t columns, float missing, _Out_ void **out, int threads)",
  matrixFree: "int XGDMatrixFree(void *matrix)",
  matrixSetFloats:
    "int XGDMatrixSetFloatInfo(void *matrix, const char *field, const void *values, uint64_t length)",
  boosterCreate: "int XGBoosterCreate(void **matrices, uint64_t count, _Out_ void **out)",
  boosterFree: "int XGBoosterFree(void *booster)",
  boosterSetParam: "int XGBoosterSetParam(void *booster, const char *name, const char *value)",
  boosterUpdate: "int XGBoosterUpdateOneIter(void *booster, int iteration, void *train)",
  boosterEvaluate:
    "int XGBoosterEvalOneIter(void *booster, int iteration, void **matrices, const char **names, uint64_t count, _Out_ const char **out)",
  boosterPredict:
    "int XGBoosterPredictFromDMatrix(void *booster, void *matrix, const char *config, _Out_ void **shape, _Out_ uint64_t *dimensions, _Out_ void **out)",
  boosterSlice: "int XGBoosterSlice(void *booster, int begin, int end, int step, _Out_ void **out)",
  boosterSave:
    "int XGBoosterSaveModelToBuffer(void *booster, const char *config, _Out_ uint64_t *length, _Out_ void **out)",
  boosterLoad: "int XGBoosterLoadModelFromBuffer(void *booster, const void *bytes, uint64_t length)",
  boosterScores:
    "int XGBoosterFeatureScore(void *booster, const char *config, _Out_ uint64_t *features, _Out_ void **names, _Out_ uint64_t *dimensions, _Out_ void **shape, _Out_ void **scores)",
} as const;

interface Functions {
  version(major: Out<number>, minor: Out<number>, patch: Out<number>): void;
  lastError(): string;
  setGlobalConfig(config: string): Rc;
  matrixCreate(
    data: Float32Array,
    rows: number,
    columns: number,
    missing: number,
    out: Out<Pointer | null>,
    threads: number,
  ): Rc;
  matrixFree(matrix: Pointer): Rc;
  matrixSetFloats(matrix: Pointer, field: string, values: Float32Array, length: number): Rc;
  boosterCreate(matrices: Pointer[], count: number, out: Out<Pointer | null>): Rc;
  boosterFree(booster: Pointer): Rc;
  boosterSetParam(booster: Pointer, name: string, value: string): Rc;
  boosterUpdate(booster: Pointer, iteration: number, train: Pointer): Rc;
  boosterEvaluate(
    booster: Pointer,
    iteration: number,
    matrices: Pointer[],
    names: string[],
    count: number,
    out: Out<string | null>,
  ): Rc;
  boosterPredict(
    booster: Pointer,
    matrix: Pointer,
    config: string,
    shape: Out<Pointer | null>,
    dimensions: Out<number>,
    out: Out<Pointer | null>,
  ): Rc;
  boosterSlice(booster: Pointer, begin: number, end: number, step: number, out: Out<Pointer | null>): Rc;
  boosterSave(booster: Pointer, config: string, length: Out<number>, out: Out<Pointer | null>): Rc;
  boosterLoad(booster: Pointer, bytes: Uint8Array, length: number): Rc;
  boosterScores(
    booster: Pointer,
    config: string,
    features: Out<number>,
    names: Out<Pointer | null>,
    dimensions: Out<number>,
    shape: Out<Pointer | null>,
    scores: Out<Pointer | null>,
  ): Rc;
}

export interface XgboostLibrary extends Functions {
  path: string;
  versionText: string;
  /** @throws TreesDataError with XGBoost's own message where the call failed */
  check(rc: Rc): void;
}

let opened: XgboostLibrary | undefined;

/** XGBoost of 1.7 or later, loaded once a thread. */
export function xgboostLibrary(): XgboostLibrary {
  if (opened) return opened;
  const library = openLibrary("xgboost");
  const bound = Object.fromEntries(
    Object.entries(definitions).map(([name, text]) => [name, bindFunction(library, "XGBoost", text)]),
  ) as unknown as Functions;
  const [major, minor, patch]: [Out<number>, Out<number>, Out<number>] = [[0], [0], [0]];
  bound.version(major, minor, patch);
  const versionText = `${major[0]}.${minor[0]}.${patch[0]}`;
  if (major[0] < 1 || (major[0] === 1 && minor[0] < 7) || major[0] > 3)
    throw new TreesUsageError(
      `${library.path} is XGBoost ${versionText}; Orion works with 1.7 to 3: install one of those or name it in ORION_XGBOOST`,
    );
  const check = (rc: Rc): void => {
    if (rc !== 0) throw new TreesDataError(`XGBoost: ${plainMessage(bound.lastError())}`);
  };
  // warnings of the library would go to standard error in the middle of a progress line
  check(bound.setGlobalConfig('{"verbosity":0}'));
  opened = { ...bound, path: library.path, versionText, check };
  return opened;
}

/** XGBoost's message without the time, the line of its source and the stack. */
export function plainMessage(text: string): string {
  const first = text.split("\nStack trace")[0]!.trim();
  return first.replace(/^\[\d+:\d+:\d+\] \S+:\d+: /, "").replaceAll(/\s*\n\s*/g, "; ");
}
