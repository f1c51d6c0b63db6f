import { LatestScan, ScanModelResponse, type ScanQuery, ScanStatus } from "@orion/trade/wire";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { fetchJson } from "../api/fetchJson.ts";
import { REFRESH_MS } from "../api/queries.ts";

const SCAN_MS = 400;
const keys = {
  status: ["scanStatus"],
  latest: ["scan"],
  model: (recipe: string) => ["scanModel", recipe],
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
