/**
 * Training of trees: 100 rounds of three classes on 50,000 rows of 100 columns, XGBoost and LightGBM through Orion's thread
 * against a bare loop over the library's C calls in a process of its own, by turns in the same run; and libsvm on 5,000
 * rows. Prints one JSON document. The name of a library as first argument and "bare" as second is that process.
 */
import { execFile } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { seededRandom } from "@orion/trade/core";
import { type TreeSets, trainInThread, trainSvmInProcess } from "@orion/trees";
import { bareLightgbm, bareXgboost } from "./measured/bareTrees.ts";

const ROWS = 50_000;
const FEATURES = 100;
const ROUNDS = 100;
const SVM_ROWS = 5_000;
const REPEATS = 3;
const BUDGET_RATIO = 0.97;
const machine = `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} threads, Node ${process.version}`;

/** Ten columns tell the class, with noise; shared memory, as features come. */
function rowsOf(rows: number): TreeSets {
  const random = seededRandom(1);
  const values = new Float32Array(new SharedArrayBuffer(4 * rows * FEATURES));
  for (let i = 0; i < values.length; i++) values[i] = 2 * random.next() - 1;
  const targets = new Float32Array(new SharedArrayBuffer(4 * rows));
  for (let row = 0; row < rows; row++) {
    let score = random.next() - 0.5;
    for (let f = 0; f < 10; f++)
      score += values[row * FEATURES + f]! * (f % 2 === 0 ? 1 : values[row * FEATURES + f + 1]!);
    targets[row] = score < -0.5 ? 0 : score < 0.5 ? 1 : 2;
  }
  return {
    task: { kind: "classes", classes: 3 },
    train: { table: { values, rows, features: FEATURES }, targets },
  };
}

async function seconds(work: () => unknown): Promise<number> {
  const before = performance.now();
  await work();
  return (performance.now() - before) / 1000;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >>> 1]!;
const line = (name: string, value: number, unit: string, more: object = {}): object => ({
  name,
  value: Number(value.toPrecision(4)),
  unit,
  ...more,
  machine,
});

const threads = cpus().length;
const [library, way] = process.argv.slice(2);
if (way === "bare") {
  const sets = rowsOf(ROWS);
  const bare = library === "xgboost" ? bareXgboost : bareLightgbm;
  process.stdout.write(String(await seconds(() => bare(sets, ROUNDS, threads))));
} else {
  const lines: object[] = [];
  const sets = rowsOf(ROWS);
  for (const trainer of ["xgboost", "lightgbm"] as const) {
    process.stderr.write(`measuring ${trainer} …\n`);
    const options = { rounds: ROUNDS, learningRate: 0.1, threads };
    const [own, bare]: [number[], number[]] = [[], []];
    for (let turn = 0; turn < REPEATS; turn++) {
      const { stdout } = await promisify(execFile)(process.execPath, [
        fileURLToPath(import.meta.url),
        trainer,
        "bare",
      ]);
      bare.push(Number(stdout));
      own.push(await seconds(() => trainInThread(trainer, options, sets)));
    }
    // the least of each: what the machine did beside it only adds
    const ratio = Math.min(...bare) / Math.min(...own);
    const round = (values: readonly number[]) => values.map((v) => Number(v.toPrecision(4)));
    lines.push(
      line(`trees.${trainer}`, Math.min(...own), "s", {
        rows: ROWS,
        columns: FEATURES,
        rounds: ROUNDS,
        classes: 3,
        bare: Number(Math.min(...bare).toPrecision(4)),
        ratio: Number(ratio.toPrecision(4)),
        budgetRatio: BUDGET_RATIO,
        runs: round(own),
        bareRuns: round(bare),
      }),
      line(`trees.${trainer}.rate`, (ROWS * ROUNDS) / median(own), "rows x rounds/s"),
    );
  }
  process.stderr.write("measuring libsvm …\n");
  const few = rowsOf(SVM_ROWS);
  const svm = await seconds(() => trainSvmInProcess({}, few));
  lines.push(
    line("trees.svm", svm, "s", { rows: SVM_ROWS, columns: FEATURES, classes: 3, probabilities: 1 }),
  );
  process.stdout.write(`${JSON.stringify(lines, undefined, 2)}\n`);
}
