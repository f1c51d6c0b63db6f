import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type SearchSchemaInput,
} from "@tanstack/react-router";
import { Dashboard } from "./Dashboard.tsx";
import { DataSearch, FeatureSearch, ScanSearch, Search } from "./view.ts";

const rootRoute = createRootRoute({ notFoundComponent: () => <Missing /> });
export const dashboardRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  validateSearch: (search: Partial<Search> & SearchSchemaInput) => Search.parse(search),
  component: Dashboard,
});
export const dataRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/data",
  validateSearch: (search: DataSearch & SearchSchemaInput) => DataSearch.parse(search),
  component: lazyRouteComponent(() => import("./data/DataPage.tsx"), "DataPage"),
});
export const featureRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/features",
  validateSearch: (search: FeatureSearch & SearchSchemaInput) => FeatureSearch.parse(search),
  component: lazyRouteComponent(() => import("./features/FeaturesPage.tsx"), "FeaturesPage"),
});
export const scanRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/scan",
  validateSearch: (search: ScanSearch & SearchSchemaInput) => ScanSearch.parse(search),
  component: lazyRouteComponent(() => import("./scan/ScanPage.tsx"), "ScanPage"),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([dashboardRoute, dataRoute, featureRoute, scanRoute]),
});

function Missing() {
  return (
    <main className="p-8">
      <p>
        There is nothing here. <a href="/">Open the dashboard</a>
      </p>
    </main>
  );
}

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
