import { MessageChannel } from "node:worker_threads";
import { OrionError, RefusedError } from "@orion/trade/core";
import type {
  AuditRun,
  BacktestResponse,
  BarsResponse,
  DataResponse,
  DownloadedSeries,
  FeatureReport,
  FeaturesResponse,
  IndicatorResponse,
  IndicatorsResponse,
  ModelSummary,
  Prediction,
  QualityResponse,
  RecipeSummary,
  ScanExplanation,
  ScanModelResponse,
  ScanResponse,
  SourcesResponse,
  StoredBars,
} from "@orion/trade/wire";
import { Piscina } from "piscina";
import type { Pipeline, PipelineContext } from "./pipeline.ts";
import type { CallName, TaskFault, TaskMessage, TaskOutcome } from "./taskMessage.ts";

/**
 * One thread for each kind of work: a prediction answers while a training or a backtest runs.
 * Threads start with the first task and end when idle for a while.
 */
const lanes = {
  training: { idleMs: 30_000, calls: ["trainRecipe"] },
  backtests: { idleMs: 60_000, calls: ["backtestModel"] },
  downloads: { idleMs: 30_000, calls: ["downloadData"] },
  answers: {
    idleMs: 600_000,
    calls: [
      "predictLatest",
      "readChartBars",
      "describeScanner",
      "listModels",
      "listRecipeSummaries",
      "listStoredBars",
    ],
  },
  // a list of thousands of series takes a second, a check of years of minutes several: nothing else waits for them
  lists: { idleMs: 60_000, calls: ["describeData", "describeSources"] },
  checks: { idleMs: 60_000, calls: ["qualityOf"] },
  // reports that were made are kept in the thread
  features: { idleMs: 1_800_000, calls: ["describeFeatures"] },
  overlays: { idleMs: 120_000, calls: ["featuresOfRecipe", "describeIndicators", "storedIndicator"] },
  // the model and the universe's bars of the last scan are kept in the thread
  scans: { idleMs: 1_800_000, calls: ["scanSignals"] },
  // a scan may go on meanwhile
  explanations: { idleMs: 120_000, calls: ["explainCandidate"] },
  audits: { idleMs: 30_000, calls: ["auditStored"] },
} as const satisfies Record<string, { idleMs: number; calls: readonly CallName[] }>;

const MAX_WAITING = 64;

export interface ThreadPipelineOptions {
  /** the module that a thread runs; its default export answers a task */
  workerFile?: URL;
  /** how long a stopped piece of work may take to write its checkpoint before its thread is ended */
  graceMs?: number;
}

export interface ThreadPipeline extends Pipeline {
  close(): Promise<void>;
}

/** The pipeline on worker threads: the event loop of the server stays free whatever the work does. */
export function threadPipeline(options: ThreadPipelineOptions = {}): ThreadPipeline {
  const workerFile = options.workerFile ?? new URL("../../dist/pipeline/pipelineWorker.js", import.meta.url);
  const graceMs = options.graceMs ?? 20_000;
  const pools = new Map<CallName, Piscina<TaskMessage, TaskOutcome>>();
  for (const lane of Object.values(lanes)) {
    const pool = new Piscina<TaskMessage, TaskOutcome>({
      filename: workerFile.href,
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: lane.idleMs,
      maxQueue: MAX_WAITING + 1,
      // a thread that sleeps in Atomics.wait would also stop the sockets and timers of its libraries
      atomics: "disabled",
      // threads run the built files even where this file runs from its source (tests): its resolve options are not theirs
      execArgv: [],
    });
    for (const call of lane.calls) pools.set(call, pool);
  }

  async function run<R, S extends object = never>(
    call: CallName,
    ctx: PipelineContext,
    argument: unknown,
    onStatus?: (status: S) => void,
  ): Promise<R> {
    const pool = pools.get(call)!;
    if (pool.queueSize >= MAX_WAITING) {
      throw new RefusedError("too many requests are waiting for an answer: try again in a moment");
    }
    const { port1, port2 } = new MessageChannel();
    const stopFlag = new Int32Array(new SharedArrayBuffer(4));
    const terminate = new AbortController();
    let grace: NodeJS.Timeout | undefined;
    const stop = (): void => {
      Atomics.store(stopFlag, 0, 1);
      grace = setTimeout(() => terminate.abort(), graceMs);
    };
    if (ctx.signal?.aborted) stop();
    else ctx.signal?.addEventListener("abort", stop, { once: true });
    port1.on("message", (status: S) => onStatus?.(status));
    try {
      const task: TaskMessage = { call, workspace: ctx.workspace, argument, stopFlag, statusPort: port2 };
      const outcome = await pool.run(task, { transferList: [port2], signal: terminate.signal });
      if (outcome.lastStatus) onStatus?.(outcome.lastStatus as S);
      if (!outcome.ok) throw rebuild(outcome.fault);
      return outcome.value as R;
    } finally {
      clearTimeout(grace);
      ctx.signal?.removeEventListener("abort", stop);
      port1.close();
    }
  }

  const atRest = (workspace: string): PipelineContext => ({ workspace, now: Date.now });
  return {
    trainRecipe: (ctx, request, onStatus) => run<ModelSummary, object>("trainRecipe", ctx, request, onStatus),
    backtestModel: (ctx, request, onProgress) =>
      run<BacktestResponse, Parameters<NonNullable<typeof onProgress>>[0]>(
        "backtestModel",
        ctx,
        request,
        onProgress,
      ),
    predictLatest: (ctx, query) => run<Prediction>("predictLatest", ctx, query),
    readChartBars: (ctx, query) => run<BarsResponse>("readChartBars", ctx, query),
    describeData: (ctx) => run<DataResponse>("describeData", ctx, null),
    describeSources: (ctx) => run<SourcesResponse>("describeSources", ctx, null),
    qualityOf: (ctx, query) => run<QualityResponse>("qualityOf", ctx, query),
    featuresOfRecipe: (query) => run<FeaturesResponse>("featuresOfRecipe", atRest(""), query),
    describeFeatures: (ctx, query) => run<FeatureReport>("describeFeatures", ctx, query),
    describeIndicators: () => run<IndicatorsResponse>("describeIndicators", atRest(""), null),
    storedIndicator: (ctx, query) => run<IndicatorResponse>("storedIndicator", ctx, query),
    auditStored: (ctx, request, onProgress) =>
      run<AuditRun, Parameters<NonNullable<typeof onProgress>>[0]>("auditStored", ctx, request, onProgress),
    scanSignals: (ctx, query, onProgress) =>
      run<ScanResponse, Parameters<NonNullable<typeof onProgress>>[0]>("scanSignals", ctx, query, onProgress),
    describeScanner: (ctx, query) => run<ScanModelResponse>("describeScanner", ctx, query),
    explainCandidate: (ctx, query, onProgress) =>
      run<ScanExplanation, Parameters<NonNullable<typeof onProgress>>[0]>(
        "explainCandidate",
        ctx,
        query,
        onProgress,
      ),
    downloadData: (ctx, request, onStatus) =>
      run<DownloadedSeries[], object>("downloadData", ctx, request, onStatus),
    listModels: (workspace) => run<ModelSummary[]>("listModels", atRest(workspace), null),
    listRecipeSummaries: () => run<RecipeSummary[]>("listRecipeSummaries", atRest(""), null),
    listStoredBars: (workspace) => run<StoredBars[]>("listStoredBars", atRest(workspace), null),
    async close() {
      await Promise.all([...new Set(pools.values())].map((pool) => pool.destroy()));
    },
  };
}

/** A mendable fault keeps its exit code; a defect keeps the stack of the thread for the log. */
function rebuild(fault: TaskFault): Error {
  if (fault.exitCode !== null) return new OrionError(fault.exitCode, fault.message);
  const error = new Error(fault.message);
  if (fault.stack !== null) error.stack = fault.stack;
  return error;
}
