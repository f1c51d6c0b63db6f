import { getRouteApi } from "@tanstack/react-router";
import type { Search } from "./view.ts";

const route = getRouteApi("/");

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
