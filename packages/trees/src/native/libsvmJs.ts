import { createRequire } from "node:module";
import { TreesUsageError } from "../errors.ts";

/** What ORION_LIBSVM says where this build is wanted although the system has libsvm. */
export const LIBSVM_JS = "libsvm-js";

/** libsvm that the package was compiled from, as its documents say; it has no version of its own to ask. */
const LIBSVM_VERSION = "3.22";

const require = createRequire(import.meta.url);

/** What of Emscripten's module is used. Memory moves when it grows: views are taken anew after each call. */
interface Emscripten {
  load(): Promise<void>;
  print: (line: string) => void;
  printErr: (line: string) => void;
  HEAPU8: Uint8Array;
  HEAP32: Int32Array;
  HEAPF64: Float64Array;
  _create_svm_nodes(rows: number, features: number): number;
  _free_problem(problem: number): void;
  _svm_free_model(model: number): void;
  cwrap(
    name: "libsvm_train_problem",
    result: "number",
    of: ["number", "string"],
  ): (problem: number, command: string) => number;
}

/** A trained model as it lies in svm_model: see `SvmModel`; indices are places of the rows, from 1. */
export interface LibsvmJsModel {
  coefficients: Float64Array[];
  rho: Float64Array;
  probA: Float64Array;
  probB: Float64Array;
  indices: Int32Array;
  labels: Int32Array;
  perClass: Int32Array;
}

export interface LibsvmJs {
  /**
   * One call of svm_train.
   *
   * @param nodes the rows as libsvm's nodes [rows, features + 1], as `svmNodes` makes them: both layouts are the same
   * @param command options as svm-train takes them
   */
  train(nodes: ArrayBuffer, features: number, y: Float64Array, command: string): LibsvmJsModel;
}

/** How long the text of the options may be: the package copies it into 256 bytes without looking. */
export const COMMAND_BYTES = 255;

/** Memory of 32-bit WebAssembly as the package grows it. */
export const MEMORY_BYTES = 2 ** 31 - 2 ** 16;

/** The versions of libsvm and of the package, or null where it is not installed. */
export function libsvmJsVersion(): string | null {
  try {
    const { version } = require("libsvm-js/package.json") as { version: string };
    require.resolve("libsvm-js/out/wasm/libsvm.wasm");
    return `${LIBSVM_VERSION}, libsvm-js ${version}`;
  } catch {
    return null;
  }
}

/** libsvm compiled to WebAssembly, a fresh one: its random numbers start alike. onPrint gets each line that it prints. */
export async function openLibsvmJs(onPrint: (line: string) => void): Promise<LibsvmJs> {
  const file = require.resolve("libsvm-js/out/wasm/libsvm.js");
  delete require.cache[file];
  const before = process.listeners("unhandledRejection");
  const module = require(file) as Emscripten;
  // the package ends the process without a word at any rejected promise; that is not its to decide
  for (const listener of process.listeners("unhandledRejection"))
    if (!before.includes(listener)) process.off("unhandledRejection", listener);
  module.print = onPrint;
  // it complains here that a file is no web address before it reads the file
  module.printErr = () => {};
  await module.load();
  const trainProblem = module.cwrap("libsvm_train_problem", "number", ["number", "string"]);
  return {
    train: (nodes, features, y, command) => {
      if (command.length > COMMAND_BYTES)
        throw new TreesUsageError(
          `libsvm-js takes options of ${COMMAND_BYTES} letters, these have ${command.length}`,
        );
      const problem = module._create_svm_nodes(y.length, features);
      // svm_problem { int l; double *y; svm_node **x }, the nodes of all rows one after another
      const [yAt = 0, xAt = 0] = module.HEAP32.subarray(problem / 4 + 1, problem / 4 + 3);
      module.HEAPF64.set(y, yAt / 8);
      module.HEAPU8.set(new Uint8Array(nodes), module.HEAP32[xAt / 4]!);
      const model = trainProblem(problem, command);
      try {
        return copyModel(module, model);
      } finally {
        module._svm_free_model(model);
        module._free_problem(problem);
      }
    },
  };
}

/** svm_model of svm.h 3.22 where int and pointers have four bytes: places of its members, in words of four bytes. */
const AT = {
  type: 0,
  classes: 24,
  vectors: 25,
  coefficients: 27,
  rho: 28,
  probA: 29,
  probB: 30,
  indices: 31,
  label: 32,
  perClass: 33,
} as const;
const EPSILON_SVR = 3;

function copyModel({ HEAP32, HEAPF64 }: Emscripten, model: number): LibsvmJsModel {
  const word = (name: keyof typeof AT): number => HEAP32[model / 4 + AT[name]]!;
  const doubles = (at: number, length: number) =>
    at === 0 ? new Float64Array(0) : HEAPF64.slice(at / 8, at / 8 + length);
  const ints = (at: number, length: number) =>
    at === 0 ? new Int32Array(0) : HEAP32.slice(at / 4, at / 4 + length);
  const [classes, vectors] = [word("classes"), word("vectors")];
  const pairs = word("type") === EPSILON_SVR ? 1 : (classes * (classes - 1)) / 2;
  return {
    coefficients: [...ints(word("coefficients"), classes - 1)].map((at) => doubles(at, vectors)),
    rho: doubles(word("rho"), pairs),
    probA: doubles(word("probA"), pairs),
    probB: doubles(word("probB"), pairs),
    indices: ints(word("indices"), vectors),
    labels: ints(word("label"), classes),
    perClass: ints(word("perClass"), classes),
  };
}
