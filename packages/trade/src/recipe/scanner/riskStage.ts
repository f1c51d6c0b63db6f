import { availableParallelism } from "node:os";
import { z } from "zod";
import type { OnProgress } from "../../core/progress.ts";
import { timeframeMs } from "../../core/time.ts";
import { shareColumns } from "../../store/sharedBars.ts";
import { onThreads } from "../manySymbols/onThreads.ts";
import { type CandidateRow, placesBySymbol, scannerLabeler } from "./candidateRows.ts";
import {
  bytesOf,
  float64Of,
  type KeptWork,
  nothingKept,
  type PartCodec,
  type Unfinished,
} from "./keptWork.ts";
import type { RiskAnswer, RiskTask, RiskThread } from "./riskWorker.ts";
import type { ScannerBars } from "./scannerBars.ts";
import type { ScannerRecipe } from "./scannerSchema.ts";
import type { NamedColumns } from "./scannerTable.ts";
import { stageClock } from "./stageClock.ts";
import { RISK_COLUMNS } from "./symbolRisk.ts";

/** The risk figures of every candidate row, and how often each way of telling them was taken. */
export interface RiskColumns extends NamedColumns {
  readonly methods: Readonly<Record<string, number>>;
}

/** Columns so far, and the places, in the order of symbols, of those that are in them. */
interface RiskSoFar {
  readonly columns: readonly Float64Array[];
  readonly methods: Record<string, number>;
  readonly done: readonly number[];
}

const STAGE = "volatility and dependence";

/** A crash costs a minute of work unless something else is asked for. */
const EVERY_SECONDS = 60;

/**
 * Volatility and dependence of each candidate as of its bar, on all cores, symbol by symbol. Nothing is fitted over rows: a
 * row's figures depend on the bars up to it alone, so no fold is needed.
 */
export async function riskStage(
  recipe: ScannerRecipe,
  { bars, indices }: ScannerBars,
  rows: readonly CandidateRow[],
  options: {
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: OnProgress | undefined;
    readonly threads?: number;
    readonly kept?: KeptWork | undefined;
  },
): Promise<RiskColumns> {
  const symbols = placesBySymbol(rows);
  const workerData: RiskThread = {
    indices: [shareColumns(indices[0]), shareColumns(indices[1])],
    windowBars: recipe.risk.windowBars,
    barMs: timeframeMs(recipe.universe.timeframe),
    horizon: scannerLabeler(recipe).horizonBars,
  };
  const { windowBars, barMs, horizon } = workerData;
  const codec = riskCodec(rows.length);
  const clock = stageClock(STAGE, rows.length, options.onProgress);
  let wasKept = true;
  const make = async (unfinished: Unfinished | undefined): Promise<RiskSoFar> => {
    wasKept = false;
    const from = unfinished?.from && codec.decode(unfinished.from);
    const columns = from?.columns ?? RISK_COLUMNS.map(() => new Float64Array(rows.length).fill(Number.NaN));
    const methods = { ...from?.methods };
    const done = [...(from?.done ?? [])];
    for (const i of done) clock.done(symbols[i]![1].length, "kept", true);
    const isDone = new Set(done);
    const left = [...symbols.keys()].filter((i) => !isDone.has(i));
    const take = (answer: RiskAnswer, task: number): void => {
      const i = left[task]!;
      const places = symbols[i]![1];
      for (const [k, place] of places.entries()) {
        for (const [c, column] of columns.entries()) column[place] = answer.values[k * columns.length + c]!;
        // the reason without its numbers
        const way = answer.methods[k]!.split(": ").slice(0, 2).join(": ");
        methods[way] = (methods[way] ?? 0) + 1;
      }
      done.push(i);
      clock.done(places.length, bars[symbols[i]![0]]!.instrument);
    };
    const work = {
      script: new URL("../../../dist/recipe/scanner/riskWorker.js", import.meta.url),
      workerData,
      tasks: left.length,
      taskOf: (task: number): RiskTask => {
        const [index, places] = symbols[left[task]!]!;
        return {
          bars: shareColumns(bars[index]!),
          rows: Int32Array.from(places, (place) => rows[place]!.row),
        };
      },
      threads: options.threads ?? availableParallelism(),
      signal: options.signal,
    };
    if (!unfinished) await onThreads<RiskTask, RiskAnswer>(work, take);
    else {
      const everyMs = 1000 * (unfinished.everySeconds ?? EVERY_SECONDS);
      const saving = savedAtTimes(() => unfinished.save(codec.encode({ columns, methods, done })), everyMs);
      try {
        await onThreads<RiskTask, RiskAnswer>(work, (answer, task) => {
          take(answer, task);
          saving.worked();
        });
      } catch (thrown) {
        await saving.end(true);
        throw thrown;
      }
      await saving.end(false);
    }
    return { columns, methods, done };
  };
  const { columns, methods } = await (options.kept ?? nothingKept).part(
    {
      stage: STAGE,
      name: "risk",
      determines: {
        ...{ windowBars, barMs, horizon },
        rows: rows.map(({ index, row }) => [index, row]),
      },
    },
    codec,
    make,
  );
  if (wasKept) clock.done(rows.length, "kept", true);
  // symbols end in whatever order threads are ready: the model's manifest is to be the same
  const ordered = Object.entries(methods).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return { names: RISK_COLUMNS, columns, methods: Object.fromEntries(ordered) };
}

const RiskMeta = z.strictObject({
  methods: z.record(z.string(), z.int().positive()),
  done: z.array(z.int().nonnegative()),
});

function riskCodec(rows: number): PartCodec<RiskSoFar> {
  return {
    encode: ({ columns, methods, done }) => ({
      meta: { methods: { ...methods }, done: [...done] },
      // copies: the columns go on being filled while they are written
      blobs: Object.fromEntries(RISK_COLUMNS.map((name, c) => [name, bytesOf(columns[c]!.slice())])),
    }),
    decode: ({ meta, blobs }) => ({
      ...RiskMeta.parse(meta),
      columns: RISK_COLUMNS.map((name) => float64Of(blobs[name], rows)),
    }),
  };
}

/** Saves between two answers when it is time, one save after the other; a save that failed is thrown at the end. */
function savedAtTimes(save: () => Promise<void>, everyMs: number) {
  let [last, isSaving] = [performance.now(), false];
  let [running, fault]: [Promise<void>, unknown] = [Promise.resolve(), undefined];
  const start = (): void => {
    isSaving = true;
    running = save()
      .catch((thrown: unknown) => {
        fault ??= thrown;
      })
      .finally(() => {
        [last, isSaving] = [performance.now(), false];
      });
  };
  return {
    worked(): void {
      if (!isSaving && performance.now() - last >= everyMs) start();
    },
    /** @param isCutShort the work ends before its time: what there is of it is saved */
    async end(isCutShort: boolean): Promise<void> {
      await running;
      if (isCutShort) {
        start();
        await running;
      }
      if (fault !== undefined) throw fault;
    },
  };
}
