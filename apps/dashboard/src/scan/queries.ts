import {
  KeptScanExplanation,
  LatestScan,
  type ScanExplanationQuery,
  ScanExplanationStatus,
  ScanModelResponse,
  type ScanQuery,
  ScanStatus,
} from "@orion/trade/wire";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { fetchJson } from "../api/fetchJson.ts";
import { REFRESH_MS } from "../api/queries.ts";
import { isOf } from "./whichExplanation.ts";

const SCAN_MS = 400;
const keys = {
  status: ["scanStatus"],
  latest: ["scan"],
  model: (recipe: string) => ["scanModel", recipe],
  explanationStatus: ["scanExplanationStatus"],
  explanation: ["scanExplanation"],
} as const;

export const useScanStatus = () =>
  useQuery({
    queryKey: keys.status,
    queryFn: ({ signal }) => fetchJson("/api/scan-status", ScanStatus, { signal }),
    refetchInterval: (query) => (query.state.data?.state === "running" ? SCAN_MS : REFRESH_MS),
  });

/** @param status of the last job: each turn of each job may have another answer */
export const useLatestScan = (status: ScanStatus | undefined) =>
  useQuery({
    queryKey: [...keys.latest, status?.jobId, status?.state],
    queryFn: ({ signal }) => fetchJson("/api/scan", LatestScan, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (before) => before,
  });

/** The model that the next scan would ask. */
export const useScanModel = (recipe: string) =>
  useQuery({
    queryKey: keys.model(recipe),
    queryFn: ({ signal }) => fetchJson("/api/scan/model", ScanModelResponse, { query: { recipe }, signal }),
    refetchInterval: REFRESH_MS,
    placeholderData: (before) => before,
  });

export function useStartScan() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: ScanQuery) => fetchJson("/api/scan", ScanStatus, { method: "POST", body: request }),
    onSuccess: (status) => client.setQueryData(keys.status, status),
    // a refused one has its status as well
    onError: () => client.invalidateQueries({ queryKey: keys.status }),
  });
}

export function useCancelScan() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => fetchJson("/api/scan/cancel", ScanStatus, { method: "POST", body: {} }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.status }),
  });
}

export const useExplanationStatus = () =>
  useQuery({
    queryKey: keys.explanationStatus,
    queryFn: ({ signal }) => fetchJson("/api/scan/explanation-status", ScanExplanationStatus, { signal }),
    refetchInterval: (query) => (query.state.data?.state === "running" ? SCAN_MS : REFRESH_MS),
  });

/** What the server has found of a candidate. @param status of the last job: a job of its own may have found something */
export const useKeptExplanation = (
  asked: ScanExplanationQuery,
  status: ScanExplanationStatus | undefined,
) => {
  const own = isOf(status, asked) ? [status?.jobId, status?.state] : [];
  return useQuery({
    queryKey: [...keys.explanation, asked, ...own],
    queryFn: ({ signal }) =>
      fetchJson("/api/scan/explanation", KeptScanExplanation, { query: asked, signal }),
    staleTime: Number.POSITIVE_INFINITY,
    // of the same candidate, while its job goes on
    placeholderData: (before, query) =>
      JSON.stringify(query?.queryKey[1]) === JSON.stringify(asked) ? before : undefined,
  });
};

export function useStartExplanation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: ScanExplanationQuery) =>
      fetchJson("/api/scan/explanation", ScanExplanationStatus, { method: "POST", body: request }),
    onSuccess: (status) => client.setQueryData(keys.explanationStatus, status),
    // a refused one has its status as well
    onError: () => client.invalidateQueries({ queryKey: keys.explanationStatus }),
  });
}

export function useCancelExplanation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () =>
      fetchJson("/api/scan/explanation/cancel", ScanExplanationStatus, { method: "POST", body: {} }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.explanationStatus }),
  });
}
