import {
  type AuditRequest,
  AuditStatus,
  FeatureReport,
  FeaturesResponse,
  LatestAudit,
} from "@orion/trade/wire";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { fetchJson } from "../api/fetchJson.ts";
import { REFRESH_MS } from "../api/queries.ts";

const AUDIT_MS = 700;
const keys = {
  features: (recipe: string) => ["features", recipe],
  report: (recipe: string, symbol: string | undefined) => ["featureReport", recipe, symbol ?? "all"],
  auditStatus: ["auditStatus"],
  audit: ["audit"],
} as const;

export const useFeatures = (recipe: string) =>
  useQuery({
    queryKey: keys.features(recipe),
    queryFn: ({ signal }) => fetchJson("/api/features", FeaturesResponse, { query: { recipe }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Seconds of work for the server where it has not made it before: asked for again only when the reader says so. */
export const useFeatureReport = (recipe: string, symbol: string | undefined) =>
  useQuery({
    queryKey: keys.report(recipe, symbol),
    queryFn: ({ signal }) =>
      fetchJson("/api/features/report", FeatureReport, { query: { recipe, symbol }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });

export const useAuditStatus = () =>
  useQuery({
    queryKey: keys.auditStatus,
    queryFn: ({ signal }) => fetchJson("/api/audit-status", AuditStatus, { signal }),
    refetchInterval: (query) => (query.state.data?.state === "running" ? AUDIT_MS : REFRESH_MS),
  });

/** @param status of the last job: each turn of each job may have another report */
export const useLatestAudit = (status: AuditStatus | undefined) =>
  useQuery({
    queryKey: [...keys.audit, status?.jobId, status?.state],
    queryFn: ({ signal }) => fetchJson("/api/audit/leakage", LatestAudit, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (before) => before,
  });

export function useStartAudit() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: AuditRequest) =>
      fetchJson("/api/audit/leakage", AuditStatus, { method: "POST", body: request }),
    onSuccess: (status) => client.setQueryData(keys.auditStatus, status),
    // a refused one has its status as well
    onError: () => client.invalidateQueries({ queryKey: keys.auditStatus }),
  });
}

export function useCancelAudit() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => fetchJson("/api/audit/cancel", AuditStatus, { method: "POST", body: {} }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.auditStatus }),
  });
}
