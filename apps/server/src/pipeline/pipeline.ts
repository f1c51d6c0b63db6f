import type { Progress } from "@orion/trade/core";
import type {
  AuditRequest,
  AuditRun,
  BacktestRequest,
  BacktestResponse,
  BarsQuery,
  BarsResponse,
  DataResponse,
  DownloadedSeries,
  DownloadRequest,
  DownloadStatus,
  FeatureReport,
  FeatureReportQuery,
  FeaturesQuery,
  FeaturesResponse,
  IndicatorQuery,
  IndicatorResponse,
  IndicatorsResponse,
  ModelSummary,
  Prediction,
  PredictQuery,
  QualityQuery,
  QualityResponse,
  RecipeSummary,
  ScanExplanation,
  ScanExplanationQuery,
  ScanModelQuery,
  ScanModelResponse,
  ScanQuery,
  ScanResponse,
  SourcesResponse,
  StoredBars,
  TrainingStatus,
  TrainRequest,
} from "@orion/trade/wire";

export interface PipelineContext {
  workspace: string;
  /** the wall clock, ms since 1970 UTC */
  now(): number;
  /** asks a long piece of work to stop at its next safe point, after writing its checkpoint */
  signal?: AbortSignal;
}

/**
 * The work behind the routes. The server never does any of it on its own event loop: `threadPipeline` runs
 * each call in a worker thread, where the recipe's functions of the same names are.
 * Faults that the user can mend are thrown as `OrionError`.
 */
export interface Pipeline {
  trainRecipe(
    ctx: PipelineContext,
    request: TrainRequest,
    onStatus: (status: Partial<TrainingStatus>) => void,
  ): Promise<ModelSummary>;
  backtestModel(
    ctx: PipelineContext,
    request: BacktestRequest,
    onProgress?: (progress: Progress) => void,
  ): Promise<BacktestResponse>;
  predictLatest(ctx: PipelineContext, query: PredictQuery): Promise<Prediction>;
  readChartBars(ctx: PipelineContext, query: BarsQuery): Promise<BarsResponse>;
  describeData(ctx: PipelineContext): Promise<DataResponse>;
  describeSources(ctx: PipelineContext): Promise<SourcesResponse>;
  qualityOf(ctx: PipelineContext, query: QualityQuery): Promise<QualityResponse>;
  featuresOfRecipe(query: FeaturesQuery): Promise<FeaturesResponse>;
  describeFeatures(ctx: PipelineContext, query: FeatureReportQuery): Promise<FeatureReport>;
  describeIndicators(): Promise<IndicatorsResponse>;
  storedIndicator(ctx: PipelineContext, query: IndicatorQuery): Promise<IndicatorResponse>;
  auditStored(
    ctx: PipelineContext,
    request: AuditRequest,
    onProgress?: (progress: Progress) => void,
  ): Promise<AuditRun>;
  scanSignals(
    ctx: PipelineContext,
    query: ScanQuery,
    onProgress?: (progress: Progress) => void,
  ): Promise<ScanResponse>;
  describeScanner(ctx: PipelineContext, query: ScanModelQuery): Promise<ScanModelResponse>;
  explainCandidate(
    ctx: PipelineContext,
    query: ScanExplanationQuery,
    onProgress?: (progress: Progress) => void,
  ): Promise<ScanExplanation>;
  downloadData(
    ctx: PipelineContext,
    request: DownloadRequest,
    onStatus: (status: Partial<DownloadStatus>) => void,
  ): Promise<DownloadedSeries[]>;
  listModels(workspace: string): Promise<ModelSummary[]>;
  listRecipeSummaries(): Promise<RecipeSummary[]>;
  listStoredBars(workspace: string): Promise<StoredBars[]>;
}
