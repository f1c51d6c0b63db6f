import { blockLength } from "../../../models/evaluation/index.ts";
import type { StackedRows } from "../../../models/multiTask/stackedRows.ts";
import { pickTable } from "../../../models/tabular/pickRows.ts";
import type { AuditModel } from "../../audit/auditPipeline.ts";
import type { AuditSteps } from "../../audit/auditSteps.ts";
import { checkPermutedLabels } from "../../audit/checkPermutedLabels.ts";
import { scannerLabeler } from "../candidateRows.ts";
import { permuteDays } from "./permuteDays.ts";
import type { ScannerPipeline } from "./scannerPipeline.ts";
import { dataOf, type ScannerRows, type ScannerTraining } from "./scannerTraining.ts";

export interface PermutedScannerOptions {
  readonly pipeline: ScannerPipeline;
  readonly known: ScannerRows;
  /** its table, and the stack that was trained on the labels as they are, without validation rows */
  readonly plain: ScannerTraining;
  readonly trials: number;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly steps: AuditSteps;
}

/** No candidate is left out for its class: recalls of a few hundred rows need them all. */
const ROWS_PER_CLASS = 1000;

/** The stack on labels that were dealt out anew by blocks of days; see `checkPermutedLabels`. */
export function checkPermutedScanner(options: PermutedScannerOptions) {
  const { pipeline, known, plain, seed } = options;
  const { rows, split } = known;
  const { recipe } = pipeline;
  const classes = Float32Array.from(rows, (row) => row.class);
  const stack: StackedRows = {
    symbols: [{ symbol: "candidates", from: 0, to: rows.length }],
    closeTime: Float64Array.from(rows, (row) => row.time),
    knownAt: Float64Array.from(rows, (row) => row.knownAt),
    features: [],
    targets: { class: classes },
    usable: Int32Array.from(rows.keys()),
  };
  const horizon = Math.ceil(scannerLabeler(recipe).horizonBars / recipe.everyBars);
  const { rows: train } = split.train;
  const time = Float64Array.from(train, (place) => rows[place]!.time);
  const days = blockLength(new Set(time).size, horizon);
  return checkPermutedLabels(
    {
      heads: [{ name: "class", horizonBars: horizon }],
      fit: async ({ stack: dealt }, { seed: drawn, signal }) => {
        const data = dataOf(plain.table, rows, train);
        const y = Int32Array.from(train, (place) => dealt.targets.class![place]!);
        const fitted = await pipeline.stack({
          train: data.target.kind === "classes" ? { ...data, target: { ...data.target, y } } : data,
          spans: known.spans,
          validation: undefined,
          seed: drawn,
          signal,
        });
        return modelOf(fitted.stack, plain, y);
      },
    },
    {
      stack,
      split,
      model: modelOf(
        plain.stack.stack,
        plain,
        classes.filter((_, place) => train.includes(place)),
      ),
      trials: options.trials,
      seed,
      rowsPerClass: ROWS_PER_CLASS,
      signal: options.signal,
      steps: options.steps,
      permute(drawn) {
        const from = permuteDays(time, { days, seed: drawn });
        const dealt = classes.slice();
        for (const [i, place] of train.entries()) dealt[place] = classes[train[from[i]!]!]!;
        return { ...stack, targets: { class: dealt } };
      },
    },
  );
}

/** A stack as what the check asks: the most probable class when every class weighs the same. */
function modelOf(
  stack: ScannerTraining["stack"]["stack"],
  { table }: ScannerTraining,
  y: ArrayLike<number>,
): AuditModel {
  const K = stack.outputs.length;
  const shares = Array.from({ length: K }, (_, c) => {
    const own = Array.from(y).filter((one) => one === c).length;
    return Math.max(1, own) / y.length;
  });
  const ask = async (rows: Int32Array): Promise<Float32Array> =>
    (await stack.votes(pickTable(table, rows))).answer;
  return {
    sha256: "",
    inputs: (columns) => ({ names: table.names, columns }),
    async predict(_columns, rows) {
      const told = await ask(rows);
      return Object.fromEntries(
        stack.outputs.map((name, c) => [name, Float32Array.from(rows, (_, i) => told[i * K + c]!)]),
      );
    },
    async classify(_columns, rows) {
      const told = await ask(rows);
      const said = Uint8Array.from(rows, (_, i) => {
        const weighed = shares.map((share, c) => told[i * K + c]! / share);
        return weighed.indexOf(Math.max(...weighed));
      });
      return { class: said };
    },
    close: () => stack.close(),
  };
}
