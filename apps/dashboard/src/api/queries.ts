import {
  type BacktestRequest,
  BacktestResponse,
  type BacktestStatus,
  DataResponse,
  type DownloadRequest,
  DownloadStatus,
  LatestBacktest,
  ModelSummary,
  Prediction,
  QualityResponse,
  RecipeSummary,
  SourcesResponse,
  StatusResponse,
  TrainingStatus,
  type TrainRequest,
} from "@orion/trade/wire";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { z } from "zod";
import type { BarsView } from "./barPages.ts";
import { fetchJson } from "./fetchJson.ts";

export const REFRESH_MS = 30_000;

export const keys = {
  status: ["status"],
  models: ["models"],
  recipes: ["recipes"],
  predictions: ["prediction"],
  prediction: (model: string | undefined) => ["prediction", model ?? "newest"],
  bars: (view: BarsView) => ["bars", view],
  data: ["data"],
  sources: ["sources"],
  quality: (symbol: string, timeframe: string, market: string) => ["quality", symbol, timeframe, market],
  training: ["training"],
  download: ["download"],
  backtest: ["backtest"],
  backtestStatus: ["backtestStatus"],
} as const;

export const useStatus = () =>
  useQuery({
    queryKey: keys.status,
    queryFn: ({ signal }) => fetchJson("/api/status", StatusResponse, { signal }),
    refetchInterval: REFRESH_MS,
  });

export const useModels = () =>
  useQuery({
    queryKey: keys.models,
    queryFn: ({ signal }) => fetchJson("/api/models", z.array(ModelSummary), { signal }),
  });

export const useRecipes = () =>
  useQuery({
    queryKey: keys.recipes,
    queryFn: ({ signal }) => fetchJson("/api/recipes", z.array(RecipeSummary), { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const usePrediction = (model: string | undefined, isEnabled: boolean) =>
  useQuery({
    queryKey: keys.prediction(model),
    queryFn: ({ signal }) => fetchJson("/api/predict", Prediction, { query: { model }, signal }),
    refetchInterval: REFRESH_MS,
    enabled: isEnabled,
  });

export const useData = () =>
  useQuery({
    queryKey: keys.data,
    queryFn: ({ signal }) => fetchJson("/api/data", DataResponse, { signal }),
    refetchInterval: REFRESH_MS,
  });

export const useSources = () =>
  useQuery({
    queryKey: keys.sources,
    queryFn: ({ signal }) => fetchJson("/api/data/sources", SourcesResponse, { signal }),
    staleTime: REFRESH_MS,
  });

/** What the checks find in stored bars: a reading of the whole series, so it is asked for once. */
export const useQuality = (symbol: string, timeframe: string, market: string) =>
  useQuery({
    queryKey: keys.quality(symbol, timeframe, market),
    queryFn: ({ signal }) =>
      fetchJson("/api/data/quality", QualityResponse, { query: { symbol, timeframe, market }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });

export const useTraining = () =>
  useQuery({
    queryKey: keys.training,
    queryFn: ({ signal }) => fetchJson("/api/training-status", TrainingStatus, { signal }),
    refetchInterval: REFRESH_MS,
  });

export const useDownload = () =>
  useQuery({
    queryKey: keys.download,
    queryFn: ({ signal }) => fetchJson("/api/download-status", DownloadStatus, { signal }),
    refetchInterval: REFRESH_MS,
  });

export const useLatestBacktest = () =>
  useQuery({
    queryKey: keys.backtest,
    queryFn: ({ signal }) => fetchJson("/api/backtest", LatestBacktest, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Comes over the live socket only. */
export const useBacktestStatus = () =>
  useQuery<BacktestStatus | null>({ queryKey: keys.backtestStatus, enabled: false });

export function useStartTraining() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: Partial<TrainRequest>) =>
      fetchJson("/api/train", TrainingStatus, { method: "POST", body: request }),
    onSuccess: (status) => client.setQueryData(keys.training, status),
  });
}

export const useCancelTraining = () =>
  useMutation({
    mutationFn: () => fetchJson("/api/train/cancel", TrainingStatus, { method: "POST", body: {} }),
  });

export function useRunBacktest() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: Partial<BacktestRequest>) =>
      fetchJson("/api/backtest", BacktestResponse, { method: "POST", body: request }),
    onSuccess: (result) => client.setQueryData(keys.backtest, { result }),
  });
}

export function useStartDownload() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: DownloadRequest) =>
      fetchJson("/api/download-data", DownloadStatus, { method: "POST", body: request }),
    onSuccess: (status) => client.setQueryData(keys.download, status),
  });
}

export const useCancelDownload = () =>
  useMutation({
    mutationFn: () => fetchJson("/api/download-data/cancel", DownloadStatus, { method: "POST", body: {} }),
  });
