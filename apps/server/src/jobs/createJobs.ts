import { isoTime, type Progress, RefusedError } from "@orion/trade/core";
import type {
  AuditRequest,
  AuditRun,
  AuditStatus,
  BacktestRequest,
  BacktestResponse,
  BacktestStatus,
  DownloadedSeries,
  DownloadRequest,
  DownloadStatus,
  ModelSummary,
  Prediction,
  PredictQuery,
  ScanExplanation,
  ScanExplanationQuery,
  ScanExplanationRun,
  ScanExplanationStatus,
  ScanQuery,
  ScanResponse,
  ScanRun,
  ScanStatus,
  StagedProgress,
  TrainingStatus,
  TrainRequest,
} from "@orion/trade/wire";
import type { Pipeline, PipelineContext } from "../pipeline/pipeline.ts";
import { idleBacktest, idleDownload, idleStaged, idleTraining } from "./idleStatus.ts";
import { type RunningJob, runJob } from "./runJob.ts";
import { StatusFeed } from "./statusFeed.ts";
import { thinHistory } from "./thinHistory.ts";

/** points of the loss curve that go over the wire, some 15 kB */
const HISTORY_LIMIT = 300;
/** as many as a scan has candidates: some kB each */
const KEPT_EXPLANATIONS = 50;

/** The work that goes on, shared by whoever watches: the routes, the WebSocket and the command line. */
export interface Jobs {
  readonly training: StatusFeed<TrainingStatus>;
  readonly download: StatusFeed<DownloadStatus>;
  readonly backtest: StatusFeed<BacktestStatus>;
  readonly audit: StatusFeed<AuditStatus>;
  readonly scan: StatusFeed<ScanStatus>;
  readonly explanation: StatusFeed<ScanExplanationStatus>;
  /** the newest prediction that was made because a training ended or bars arrived */
  readonly prediction: StatusFeed<Prediction | null>;
  /** the last backtest since the start */
  readonly lastBacktest: BacktestResponse | null;
  /** the last audit since the start that ran to its end */
  readonly lastAudit: AuditRun | null;
  /** the last scan since the start that ran to its end */
  readonly lastScan: ScanRun | null;
  /** @throws RefusedError (4) while a training runs */
  startTraining(request: TrainRequest): RunningJob<ModelSummary>;
  /** Trains and waits for the model. @throws RefusedError (4) while a training runs or when it is cancelled */
  train(request: TrainRequest): Promise<ModelSummary>;
  /** Asks the training to write its checkpoint and stop. @throws RefusedError (4) when none runs */
  cancelTraining(): void;
  startDownload(request: DownloadRequest): RunningJob<DownloadedSeries[]>;
  downloadData(request: DownloadRequest): Promise<DownloadedSeries[]>;
  cancelDownload(): void;
  /** @throws RefusedError (4) while an audit runs */
  startAudit(request: AuditRequest): RunningJob<AuditRun>;
  /** @throws RefusedError (4) when none runs */
  cancelAudit(): void;
  /** @throws RefusedError (4) while a scan runs */
  startScan(request: ScanQuery): RunningJob<ScanResponse>;
  /** @throws RefusedError (4) when none runs */
  cancelScan(): void;
  /** @throws RefusedError (4) while an explanation runs */
  startExplanation(request: ScanExplanationQuery): RunningJob<ScanExplanation>;
  /** @throws RefusedError (4) when none runs */
  cancelExplanation(): void;
  /** what was last found of a candidate, of the newest so many; null where nothing was */
  explanationOf(request: ScanExplanationQuery): ScanExplanationRun | null;
  /** One at a time. @param signal stops it, as when its caller has gone */
  runBacktest(request: BacktestRequest, signal?: AbortSignal): Promise<BacktestResponse>;
  predict(query: PredictQuery): Promise<Prediction>;
  /** Cancels what runs and waits until it has stopped. */
  close(): Promise<void>;
}

export interface JobsOptions {
  pipeline: Pipeline;
  workspace: string;
  now(): number;
  /** told of defects, with their stack */
  onDefect(error: unknown): void;
}

type StagedKind = "audit" | "scan" | "explanation";
type JobKind = "training" | "download" | "backtest" | StagedKind;

interface Slot {
  stop: AbortController;
  result: Promise<unknown>;
}

export function createJobs({ pipeline, workspace, now, onDefect }: JobsOptions): Jobs {
  const training = new StatusFeed<TrainingStatus>(idleTraining);
  const download = new StatusFeed<DownloadStatus>(idleDownload);
  const backtest = new StatusFeed<BacktestStatus>(idleBacktest);
  const audit = new StatusFeed<AuditStatus>(idleStaged);
  const scan = new StatusFeed<ScanStatus>(idleStaged);
  const explanation = new StatusFeed<ScanExplanationStatus>(idleStaged);
  const prediction = new StatusFeed<Prediction | null>(null);
  const slots = new Map<JobKind, Slot>();
  let lastBacktest: BacktestResponse | null = null;
  let lastAudit: AuditRun | null = null;
  let lastScan: ScanRun | null = null;
  const explanations = new Map<string, ScanExplanationRun>();
  let count = 0;
  let isClosing = false;

  const context = (signal?: AbortSignal): PipelineContext => ({
    workspace,
    now,
    ...(signal ? { signal } : {}),
  });
  const identify = (kind: string): { jobId: string; startedAt: string } => ({
    jobId: `${kind}-${++count}`,
    startedAt: isoTime(now()),
  });

  async function refreshPrediction(): Promise<void> {
    if (isClosing) return;
    try {
      prediction.publish(await pipeline.predictLatest(context(), {}));
    } catch {
      // the page asks again within 30 s and is told the reason itself
    }
  }

  function occupy<R>(kind: JobKind, mend: string, start: (s: AbortSignal) => R): R {
    if (isClosing) throw new RefusedError("the server is shutting down");
    if (slots.has(kind))
      throw new RefusedError(`${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind} is running already: ${mend}`);
    const stop = new AbortController();
    const slot: Slot = { stop, result: Promise.resolve() };
    slots.set(kind, slot);
    return start(stop.signal);
  }

  function release(kind: JobKind, result: Promise<unknown>): void {
    const slot = slots.get(kind)!;
    slot.result = result.then(
      () => slots.delete(kind),
      () => slots.delete(kind),
    );
  }

  function cancel(kind: Exclude<JobKind, "backtest">): void {
    const slot = slots.get(kind);
    if (!slot) throw new RefusedError(`no ${kind} is running: there is nothing to cancel`);
    slot.stop.abort();
  }

  function startTraining(request: TrainRequest): RunningJob<ModelSummary> {
    return occupy("training", "wait for its end or cancel it (POST /api/train/cancel)", (signal) => {
      const job = runJob<TrainingStatus, ModelSummary>(
        training,
        "training",
        signal,
        {
          start: {
            ...idleTraining,
            ...identify("training"),
            state: "running",
            recipe: request.recipe,
            profile: request.profile,
            stage: "starting",
          },
          end: (model) => ({ modelId: model.id, secondsLeft: 0, message: model.failed, stage: null }),
        },
        (report) =>
          pipeline.trainRecipe(context(signal), request, (status) =>
            report(
              status.history ? { ...status, history: thinHistory(status.history, HISTORY_LIMIT) } : status,
            ),
          ),
        onDefect,
      );
      release("training", job.result);
      job.result.then(refreshPrediction, () => {});
      return job;
    });
  }

  function startDownload(request: DownloadRequest): RunningJob<DownloadedSeries[]> {
    return occupy("download", "wait for its end or cancel it (POST /api/download-data/cancel)", (signal) => {
      const job = runJob<DownloadStatus, DownloadedSeries[]>(
        download,
        "download",
        signal,
        {
          start: {
            ...idleDownload,
            ...identify("download"),
            state: "running",
            source: request.source,
            symbols: request.symbols,
            request,
          },
          end: () => ({ secondsLeft: 0 }),
        },
        (report) => pipeline.downloadData(context(signal), request, report),
        onDefect,
      );
      release("download", job.result);
      job.result.then(refreshPrediction, () => {});
      return job;
    });
  }

  /** Work that goes from stage to stage and tells of nothing else. @param onEnd is given what it made and when it was started */
  function startStaged<Q, R>(
    kind: StagedKind,
    cancelPath: string,
    feed: StatusFeed<StagedProgress & { request: Q | null }>,
    request: Q,
    work: (ctx: PipelineContext, onProgress: (progress: Progress) => void) => Promise<R>,
    onEnd: (result: R, startedAt: string) => void,
  ): RunningJob<R> {
    return occupy(kind, `wait for its end or cancel it (POST ${cancelPath})`, (signal) => {
      const own = identify(kind);
      const job = runJob<StagedProgress & { request: Q | null }, R>(
        feed,
        kind,
        signal,
        {
          start: { ...idleStaged, ...own, state: "running", request, stage: "starting" },
          end: (result) => {
            onEnd(result, own.startedAt);
            return { stage: null, secondsLeft: 0 };
          },
        },
        (report) =>
          work(context(signal), ({ stage, done, total, secondsLeft }) =>
            report({ stage, done, total, secondsLeft }),
          ),
        onDefect,
      );
      release(kind, job.result);
      return job;
    });
  }

  const startAudit = (request: AuditRequest): RunningJob<AuditRun> =>
    startStaged(
      "audit",
      "/api/audit/cancel",
      audit,
      request,
      (ctx, onProgress) => pipeline.auditStored(ctx, request, onProgress),
      (run) => {
        lastAudit = run;
      },
    );

  const startScan = (request: ScanQuery): RunningJob<ScanResponse> =>
    startStaged(
      "scan",
      "/api/scan/cancel",
      scan,
      request,
      (ctx, onProgress) => pipeline.scanSignals(ctx, request, onProgress),
      (response, startedAt) => {
        lastScan = { request, startedAt, finishedAt: isoTime(now()), response };
      },
    );

  const startExplanation = (request: ScanExplanationQuery): RunningJob<ScanExplanation> =>
    startStaged(
      "explanation",
      "/api/scan/explanation/cancel",
      explanation,
      request,
      (ctx, onProgress) => pipeline.explainCandidate(ctx, request, onProgress),
      (found, startedAt) => {
        const key = candidateKey(request);
        explanations.delete(key);
        explanations.set(key, { request, startedAt, finishedAt: isoTime(now()), explanation: found });
        const [oldest] = explanations.keys();
        if (explanations.size > KEPT_EXPLANATIONS) explanations.delete(oldest!);
      },
    );

  function runBacktest(request: BacktestRequest, caller?: AbortSignal): Promise<BacktestResponse> {
    return occupy("backtest", "wait for its end", (own) => {
      const signal = caller ? AbortSignal.any([own, caller]) : own;
      const job = runJob<BacktestStatus, BacktestResponse>(
        backtest,
        "backtest",
        signal,
        {
          start: { ...idleBacktest, state: "running", stage: "starting", resultId: backtest.status.resultId },
          end: (result) => {
            lastBacktest = result;
            return { resultId: result.id, stage: null, secondsLeft: 0 };
          },
        },
        (report) =>
          pipeline.backtestModel(context(signal), request, ({ stage, done, total, secondsLeft }) =>
            report({ stage, done, total, secondsLeft }),
          ),
        onDefect,
      );
      release("backtest", job.result);
      return job.result;
    });
  }

  return {
    training,
    download,
    backtest,
    audit,
    scan,
    explanation,
    prediction,
    get lastBacktest() {
      return lastBacktest;
    },
    get lastAudit() {
      return lastAudit;
    },
    get lastScan() {
      return lastScan;
    },
    startTraining,
    train: async (request) => startTraining(request).result,
    cancelTraining: () => cancel("training"),
    startDownload,
    downloadData: async (request) => startDownload(request).result,
    cancelDownload: () => cancel("download"),
    startAudit,
    cancelAudit: () => cancel("audit"),
    startScan,
    cancelScan: () => cancel("scan"),
    startExplanation,
    cancelExplanation: () => cancel("explanation"),
    explanationOf: (request) => explanations.get(candidateKey(request)) ?? null,
    runBacktest: async (request, signal) => runBacktest(request, signal),
    predict: (query) => pipeline.predictLatest(context(), query),
    async close() {
      isClosing = true;
      for (const slot of slots.values()) slot.stop.abort();
      await Promise.all([...slots.values()].map((slot) => slot.result));
    },
  };
}

const candidateKey = ({ model, symbol, at }: ScanExplanationQuery): string => [model, symbol, at].join(" ");
