import koffi, { type TypeObject } from "koffi";
import { TreesUsageError } from "../errors.ts";
import { bindFunction, openLibrary } from "./openLibrary.ts";

/** The structures of svm.h of libsvm 3.18 to 3.25. Pointers are held as numbers: this program keeps what they point to. */
const parameterType = koffi.struct({
  svm_type: "int",
  kernel_type: "int",
  degree: "int",
  gamma: "double",
  coef0: "double",
  cache_size: "double",
  eps: "double",
  C: "double",
  nr_weight: "int",
  weight_label: "uint64_t",
  weight: "uint64_t",
  nu: "double",
  p: "double",
  shrinking: "int",
  probability: "int",
});
const problemType = koffi.struct({ l: "int", y: "uint64_t", x: "uint64_t" });
const modelType = koffi.struct({
  param: parameterType,
  nr_class: "int",
  l: "int",
  SV: "uint64_t",
  sv_coef: "uint64_t",
  rho: "uint64_t",
  probA: "uint64_t",
  probB: "uint64_t",
  sv_indices: "uint64_t",
  label: "uint64_t",
  nSV: "uint64_t",
  free_sv: "int",
});

export interface SvmParameter {
  svm_type: number;
  kernel_type: number;
  degree: number;
  gamma: number;
  coef0: number;
  cache_size: number;
  eps: number;
  C: number;
  nr_weight: number;
  weight_label: bigint;
  weight: bigint;
  nu: number;
  p: number;
  shrinking: number;
  probability: number;
}
export interface SvmProblem {
  l: number;
  y: bigint;
  x: bigint;
}
export interface SvmModelStruct {
  param: SvmParameter;
  nr_class: number;
  l: number;
  SV: bigint | number;
  sv_coef: bigint | number;
  rho: bigint | number;
  probA: bigint | number;
  probB: bigint | number;
  sv_indices: bigint | number;
  label: bigint | number;
  nSV: bigint | number;
  free_sv: number;
}

export interface LibsvmLibrary {
  path: string;
  versionText: string;
  /** svm_check_parameter: what is wrong, or null */
  checkParameter(problem: SvmProblem, parameter: SvmParameter): string | null;
  train(problem: SvmProblem, parameter: SvmParameter): bigint;
  readModel(model: bigint): SvmModelStruct;
  freeModel(model: bigint): void;
  loadModel(file: string): bigint | null;
  /** nodes: the row as svm_node array; out [classes] */
  predictProbability(model: bigint, nodes: ArrayBuffer, out: Float64Array): number;
  predict(model: bigint, nodes: ArrayBuffer): number;
  /** The function gets what the library would print, for the rest of the process. */
  setPrint(print: (text: string) => void): void;
  /** The C library's rand, with which libsvm parts the rows for its probabilities. */
  seedRandom(seed: number): void;
}

let opened: LibsvmLibrary | undefined;

/** libsvm 3.18 to 3.25, loaded once a process. */
export function libsvmLibrary(): LibsvmLibrary {
  if (opened) return opened;
  const library = openLibrary("libsvm");
  const { handle, path } = library;
  const bind = (result: TypeObject | string, name: string, types: (TypeObject | string)[]) => {
    bindFunction(library, "libsvm", `void ${name}()`);
    return handle.func(name, result, types);
  };
  const problemPointer = koffi.pointer(problemType);
  const parameterPointer = koffi.pointer(parameterType);
  const printer = koffi.pointer(koffi.proto("void(const char *text)"));
  const checkParameter = bind("const char *", "svm_check_parameter", [problemPointer, parameterPointer]);
  const train = bind("void *", "svm_train", [problemPointer, parameterPointer]);
  const free = bind("void", "svm_free_and_destroy_model", [koffi.inout(koffi.pointer("void *")) as never]);
  const load = bind("void *", "svm_load_model", ["const char *"]);
  const predictProbability = bind("double", "svm_predict_probability", ["void *", "void *", "void *"]);
  const predict = bind("double", "svm_predict", ["void *", "void *"]);
  const setPrint = bind("void", "svm_set_print_string_function", [printer]);
  const version = Number(koffi.decode(handle.symbol("libsvm_version"), "int"));
  const versionText = `${Math.floor(version / 100)}.${version % 100}`;
  if (version < 318 || version > 325)
    throw new TreesUsageError(
      `${path} is libsvm ${versionText}; Orion knows the layout of 3.18 to 3.25: install one of those or name it in ORION_LIBSVM`,
    );
  const seedRandom = koffi.load(null).func("void srand(unsigned int seed)");
  opened = {
    path,
    versionText,
    checkParameter,
    train,
    readModel: (model) => koffi.decode(model, modelType) as SvmModelStruct,
    freeModel: (model) => {
      free([model]);
    },
    loadModel: load,
    predictProbability,
    predict,
    setPrint: (print) => {
      setPrint(koffi.register(print, printer));
    },
    seedRandom,
  };
  return opened;
}
