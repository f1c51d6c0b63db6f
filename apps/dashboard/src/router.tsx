import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { Dashboard } from "./Dashboard.tsx";
import { Search } from "./view.ts";

const rootRoute = createRootRoute({ notFoundComponent: () => <Missing /> });
export const dashboardRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  validateSearch: (search) => Search.parse(search),
  component: Dashboard,
});

export const router = createRouter({ routeTree: rootRoute.addChildren([dashboardRoute]) });

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
