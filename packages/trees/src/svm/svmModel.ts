import { TreesDataError } from "../errors.ts";

/**
 * A trained support vector machine as libsvm's model file says it.
 *
 * Classes a < b of n have the decision f_ab(x) = Σ coef K(sv, x) - rho_ab, the pairs in the order 01, 02, …, 12, …; class
 * b's support vectors have their coefficient against a in row a, those of a against b in row b - 1.
 */
export interface SvmModel {
  type: "c_svc" | "epsilon_svr";
  gamma: number;
  /** places of the classes in the target, rising; empty for values */
  labels: readonly number[];
  /** [pairs]; one for values */
  rho: readonly number[];
  /** [pairs] of 1 / (1 + exp(probA f + probB)); empty for values */
  probA: readonly number[];
  probB: readonly number[];
  /** support vectors of each class; one number for values */
  perClass: readonly number[];
  /** [classes - 1, vectors], one row for values */
  coefficients: Float64Array;
  /** [vectors, features] */
  vectors: Float64Array;
  features: number;
}

const rowsOf = (model: Pick<SvmModel, "labels">): number => Math.max(1, model.labels.length - 1);

/** The bytes of libsvm's text format, every number with all its digits. */
export function writeSvmModel(model: SvmModel): Uint8Array {
  const count = model.perClass.reduce((a, b) => a + b, 0);
  const isClassifier = model.type === "c_svc";
  const lines = [
    `svm_type ${model.type}`,
    "kernel_type rbf",
    `gamma ${model.gamma}`,
    `nr_class ${isClassifier ? model.labels.length : 2}`,
    `total_sv ${count}`,
    `rho ${model.rho.join(" ")}`,
    ...(isClassifier
      ? [
          `label ${model.labels.join(" ")}`,
          `probA ${model.probA.join(" ")}`,
          `probB ${model.probB.join(" ")}`,
          `nr_sv ${model.perClass.join(" ")}`,
        ]
      : []),
    "SV",
  ];
  const rows = rowsOf(model);
  for (let v = 0; v < count; v++) {
    const words: string[] = [];
    for (let r = 0; r < rows; r++) words.push(String(model.coefficients[r * count + v]));
    for (let f = 0; f < model.features; f++) words.push(`${f + 1}:${model.vectors[v * model.features + f]}`);
    lines.push(words.join(" "));
  }
  return new TextEncoder().encode(`${lines.join("\n")}\n`);
}

/** @throws TreesDataError on bytes that are no whole model of this program */
export function readSvmModel(bytes: Uint8Array): SvmModel {
  const text = new TextDecoder().decode(bytes);
  if (!text.startsWith("svm_type "))
    throw new TreesDataError("the model is not one of libsvm: give the file that libsvm's training wrote");
  const cut = (): never => {
    throw new TreesDataError("the libsvm model is cut short or damaged: train it again");
  };
  const start = text.indexOf("\nSV\n");
  if (start < 0 || !text.endsWith("\n")) return cut();
  const head = new Map(
    text
      .slice(0, start)
      .split("\n")
      .map((line) => {
        const [name = "", ...words] = line.split(" ");
        return [name, words] as const;
      }),
  );
  const numbers = (name: string): number[] => {
    const found = (head.get(name) ?? []).map(Number);
    return found.every(Number.isFinite) ? found : cut();
  };
  const type = head.get("svm_type")![0];
  const kernel = head.get("kernel_type")?.[0];
  if ((type !== "c_svc" && type !== "epsilon_svr") || kernel !== "rbf")
    throw new TreesDataError(
      `the libsvm model is of type ${type} with the kernel ${kernel}: Orion reads c_svc and epsilon_svr with rbf`,
    );
  const [count = cut()] = numbers("total_sv");
  const [gamma = cut()] = numbers("gamma");
  const labels = numbers("label");
  const rho = numbers("rho");
  const perClass = type === "c_svc" ? numbers("nr_sv") : [count];
  const pairs = type === "c_svc" ? (labels.length * (labels.length - 1)) / 2 : 1;
  const [probA, probB] = [numbers("probA"), numbers("probB")];
  if (type === "c_svc" && probA.length === 0)
    throw new TreesDataError("the libsvm model has no probabilities: train it with them");
  if (rho.length !== pairs || perClass.reduce((a, b) => a + b, 0) !== count) return cut();
  if (
    type === "c_svc" &&
    (probA.length !== pairs || probB.length !== pairs || perClass.length !== labels.length)
  )
    return cut();
  const lines = text.slice(start + 4, -1).split("\n");
  if (lines.length !== count) return cut();
  const rows = rowsOf({ labels });
  const features = lines[0]!.split(" ").length - rows;
  if (features < 1) return cut();
  const coefficients = new Float64Array(rows * count);
  const vectors = new Float64Array(count * features);
  for (const [v, line] of lines.entries()) {
    const words = line.split(" ");
    if (words.length !== rows + features) return cut();
    for (let r = 0; r < rows; r++) coefficients[r * count + v] = Number(words[r]);
    for (let f = 0; f < features; f++) {
      const [index, value] = words[rows + f]!.split(":");
      if (Number(index) !== f + 1 || !value) return cut();
      vectors[v * features + f] = Number(value);
    }
  }
  if (!coefficients.every(Number.isFinite) || !vectors.every(Number.isFinite)) return cut();
  return { type, gamma, labels, rho, probA, probB, perClass, coefficients, vectors, features };
}
