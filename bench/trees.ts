/**
 * Training of trees: 100 rounds of three classes on 50,000 rows of 100 columns, XGBoost and LightGBM through Orion's thread
 * against a bare loop over the library's C calls in a process of its own, by turns in the same run; and libsvm on 5,000
 * rows against its own svm-train, where Debian's libsvm-tools are there, and libsvm-js. Prints one JSON document. A library
 * as first argument measures that one; "bare" as second is the process of the bare loop.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
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
/** a training takes ten seconds and two lie close together */
const SVM_REPEATS = 2;
const SVM_TRAIN = "/usr/bin/svm-train";
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

/** A table in svm-train's format, rows by class as Orion gives them to the library: both solve the same problems. */
function svmText({ train: { table, targets } }: TreeSets): string {
  const order = [...targets.keys()].sort((a, b) => targets[a]! - targets[b]! || a - b);
  const lines = order.map((row) => {
    const cells = table.values.subarray(row * table.features, (row + 1) * table.features);
    return [targets[row], ...Array.from(cells, (v, f) => `${f + 1}:${v}`)].join(" ");
  });
  return `${lines.join("\n")}\n`;
}

/**
 * Seconds of svm-train on the table, less what it needs to read the file and to end: with a tolerance that nothing exceeds
 * it stops before its first step.
 */
async function svmTrainSeconds(data: string, folder: string): Promise<number> {
  const run = (...options: string[]) =>
    seconds(() => promisify(execFile)(SVM_TRAIN, ["-q", ...options, data, join(folder, "model")]));
  const reading = await run("-e", "1e9");
  return (await run("-b", "1", "-m", "200")) - reading;
}

async function measureSvm(): Promise<object[]> {
  const sets = rowsOf(SVM_ROWS);
  const of = { rows: SVM_ROWS, columns: FEATURES, classes: 3, probabilities: 1 };
  const named = process.env.ORION_LIBSVM;
  const trainBy = async (library: string | undefined) => {
    if (library === undefined) delete process.env.ORION_LIBSVM;
    else process.env.ORION_LIBSVM = library;
    const took = await seconds(() => trainSvmInProcess({}, sets));
    if (named !== undefined) process.env.ORION_LIBSVM = named;
    return took;
  };
  const hasCommand = existsSync(SVM_TRAIN);
  const folder = await mkdtemp(join(tmpdir(), "orion-bench-svm-"));
  try {
    const data = join(folder, "rows");
    await writeFile(data, svmText(sets));
    const [own, bare]: [number[], number[]] = [[], []];
    for (let turn = 0; turn < SVM_REPEATS; turn++) {
      if (hasCommand) bare.push(await svmTrainSeconds(data, folder));
      own.push(await trainBy(named));
    }
    const js = await trainBy("libsvm-js");
    const least = Math.min(...own);
    const round = (value: number) => Number(value.toPrecision(4));
    return [
      line("trees.svm", least, "s", {
        ...of,
        ...(hasCommand
          ? {
              bare: round(Math.min(...bare)),
              ratio: round(Math.min(...bare) / least),
              budgetRatio: BUDGET_RATIO,
              bareRuns: bare.map(round),
            }
          : { bare: "svm-train is not here: apt-get install libsvm-tools" }),
        runs: own.map(round),
      }),
      line("trees.svm.js", js, "s", { ...of, ratioToNative: round(least / js) }),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
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
  const boosted = (["xgboost", "lightgbm"] as const).filter((each) => (library ?? each) === each);
  for (const trainer of boosted) {
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
  if ((library ?? "svm") === "svm") {
    process.stderr.write("measuring libsvm …\n");
    lines.push(...(await measureSvm()));
  }
  process.stdout.write(`${JSON.stringify(lines, undefined, 2)}\n`);
}
