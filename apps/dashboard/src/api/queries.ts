import {
  type BacktestRequest,
  BacktestResponse,
  type BacktestStatus,
  BarsResponse,
  type DownloadRequest,
  DownloadStatus,
  LatestBacktest,
  ModelSummary,
  Prediction,
  RecipeSummary,
  StatusResponse,
  TrainingStatus,
  type TrainRequest,
} from "@orion/trade/wire";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { z } from "zod";
import { fetchJson } from "./fetchJson.ts";

const REFRESH_MS = 30_000;

export const keys = {
  status: ["status"],
  models: ["models"],
  recipes: ["recipes"],
  predictions: ["prediction"],
  prediction: (model: string | undefined) => ["prediction", model ?? "newest"],
  bars: (timeframe: string, symbol: string | undefined, at: number | undefined) => [
    "bars",
    timeframe,
    symbol,
    at,
  ],
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

/** @param at the bars up to this moment (ms UTC) instead of the newest */
export const useBars = (
  timeframe: string,
  symbol: string | undefined,
  at: number | undefined,
  isEnabled: boolean,
) =>
  useQuery({
    queryKey: keys.bars(timeframe, symbol, at),
    queryFn: ({ signal }) =>
      fetchJson("/api/bars", BarsResponse, { query: { timeframe, symbol, to: at, limit: 1500 }, signal }),
    refetchInterval: at === undefined ? REFRESH_MS : false,
    placeholderData: keepPreviousData,
    enabled: isEnabled,
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
