import { getRouteApi } from "@tanstack/react-router";
import type { DataSearch, FeatureSearch, ScanSearch, Search } from "./view.ts";

const route = getRouteApi("/");
const dataRoute = getRouteApi("/data");
const featureRoute = getRouteApi("/features");
const scanRoute = getRouteApi("/scan");

/** The view that the address keeps, and how to change it. */
export function useView(): [Search, (change: Partial<Search>) => void] {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return [
    search,
    (change) =>
      void navigate({ search: (now) => ({ ...now, ...change }), replace: true, resetScroll: false }),
  ];
}

/** The same of the data page. */
export function useDataView(): [DataSearch, (change: Partial<DataSearch>) => void] {
  const search = dataRoute.useSearch();
  const navigate = dataRoute.useNavigate();
  return [
    search,
    (change) =>
      void navigate({ search: (now) => ({ ...now, ...change }), replace: true, resetScroll: false }),
  ];
}

/** The same of the features page. */
export function useFeatureView(): [FeatureSearch, (change: Partial<FeatureSearch>) => void] {
  const search = featureRoute.useSearch();
  const navigate = featureRoute.useNavigate();
  return [
    search,
    (change) =>
      void navigate({ search: (now) => ({ ...now, ...change }), replace: true, resetScroll: false }),
  ];
}

/** The same of the scan page. */
export function useScanView(): [ScanSearch, (change: Partial<ScanSearch>) => void] {
  const search = scanRoute.useSearch();
  const navigate = scanRoute.useNavigate();
  return [
    search,
    (change) =>
      void navigate({ search: (now) => ({ ...now, ...change }), replace: true, resetScroll: false }),
  ];
}
