import { messageOf, OrionError } from "@orion/trade/core";
import type {
  AuditRequest,
  BacktestRequest,
  BarsQuery,
  DownloadRequest,
  FeatureReportQuery,
  FeaturesQuery,
  IndicatorQuery,
  PredictQuery,
  QualityQuery,
  ScanExplanationQuery,
  ScanModelQuery,
  ScanQuery,
  TrainRequest,
} from "@orion/trade/wire";
import type { Pipeline, PipelineContext } from "./pipeline.ts";
import type { TaskMessage, TaskOutcome } from "./taskMessage.ts";

const STATUS_INTERVAL_MS = 100;
const STOP_POLL_MS = 100;

/**
 * Runs inside a worker thread: answers one task with the work's own functions.
 *
 * A training step blocks its thread and its promises resolve without the thread ever coming back to its event
 * loop, so a message that says "stop" might never be read. Hence a flag on shared memory, which is looked at each
 * time the work reports its status, and by a timer for work that waits (a download).
 */
export function serveTask(pipeline: Pipeline): (task: TaskMessage) => Promise<TaskOutcome> {
  return async (task) => {
    const stop = new AbortController();
    const checkStop = (): void => {
      if (Atomics.load(task.stopFlag, 0) === 1 && !stop.signal.aborted) stop.abort();
    };
    const timer = setInterval(checkStop, STOP_POLL_MS);
    let pending: object | null = null;
    let sentAt = Number.NEGATIVE_INFINITY;
    const report = (status: object): void => {
      checkStop();
      pending = { ...pending, ...status };
      const at = performance.now();
      if (at - sentAt < STATUS_INTERVAL_MS) return;
      sentAt = at;
      task.statusPort.postMessage(pending);
      pending = null;
    };
    const ctx: PipelineContext = { workspace: task.workspace, now: Date.now, signal: stop.signal };
    try {
      checkStop();
      stop.signal.throwIfAborted();
      const value = await runCall(pipeline, ctx, task, report);
      return { ok: true, value, lastStatus: pending };
    } catch (error) {
      return {
        ok: false,
        fault: {
          message: messageOf(error),
          exitCode: error instanceof OrionError ? error.exitCode : null,
          stack: error instanceof Error ? (error.stack ?? null) : null,
        },
        lastStatus: pending,
      };
    } finally {
      clearInterval(timer);
      task.statusPort.close();
    }
  };
}

function runCall(
  pipeline: Pipeline,
  ctx: PipelineContext,
  { call, argument }: TaskMessage,
  report: (status: object) => void,
): Promise<unknown> {
  switch (call) {
    case "trainRecipe":
      return pipeline.trainRecipe(ctx, argument as TrainRequest, report);
    case "backtestModel":
      return pipeline.backtestModel(ctx, argument as BacktestRequest, report);
    case "predictLatest":
      return pipeline.predictLatest(ctx, argument as PredictQuery);
    case "readChartBars":
      return pipeline.readChartBars(ctx, argument as BarsQuery);
    case "describeData":
      return pipeline.describeData(ctx);
    case "describeSources":
      return pipeline.describeSources(ctx);
    case "qualityOf":
      return pipeline.qualityOf(ctx, argument as QualityQuery);
    case "featuresOfRecipe":
      return pipeline.featuresOfRecipe(argument as FeaturesQuery);
    case "describeFeatures":
      return pipeline.describeFeatures(ctx, argument as FeatureReportQuery);
    case "describeIndicators":
      return pipeline.describeIndicators();
    case "storedIndicator":
      return pipeline.storedIndicator(ctx, argument as IndicatorQuery);
    case "auditStored":
      return pipeline.auditStored(ctx, argument as AuditRequest, report);
    case "scanSignals":
      return pipeline.scanSignals(ctx, argument as ScanQuery, report);
    case "describeScanner":
      return pipeline.describeScanner(ctx, argument as ScanModelQuery);
    case "explainCandidate":
      return pipeline.explainCandidate(ctx, argument as ScanExplanationQuery, report);
    case "downloadData":
      return pipeline.downloadData(ctx, argument as DownloadRequest, report);
    case "listModels":
      return pipeline.listModels(ctx.workspace);
    case "listRecipeSummaries":
      return pipeline.listRecipeSummaries();
    case "listStoredBars":
      return pipeline.listStoredBars(ctx.workspace);
  }
}
