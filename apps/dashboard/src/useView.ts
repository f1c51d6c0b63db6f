import { getRouteApi } from "@tanstack/react-router";
import type { DataSearch, FeatureSearch, ScanSearch, Search } from "./view.ts";

/** As much of a route as a view needs. */
interface ViewRoute<S> {
  useSearch: () => S;
  useNavigate: () => (to: { search: (now: S) => S; replace: boolean; resetScroll: boolean }) => Promise<void>;
}

/** What the address of a page keeps, and how to change it: a change adds no step to the way back. */
function viewOf<S extends object>(route: ViewRoute<S>): () => [S, (change: Partial<S>) => void] {
  return () => {
    const view = route.useSearch();
    const navigate = route.useNavigate();
    return [
      view,
      (change) =>
        void navigate({ search: (now) => ({ ...now, ...change }), replace: true, resetScroll: false }),
    ];
  };
}

export const useView = viewOf<Search>(getRouteApi("/"));
export const useDataView = viewOf<DataSearch>(getRouteApi("/data"));
export const useFeatureView = viewOf<FeatureSearch>(getRouteApi("/features"));
export const useScanView = viewOf<ScanSearch>(getRouteApi("/scan"));
