import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { z } from "zod";
import { Dashboard } from "./Dashboard.tsx";
import { timeframes } from "./timeframes.ts";

/** What the address of the page keeps: a link or a reload shows the same view. */
const Search = z.object({
  timeframe: z.enum(timeframes).default("5m").catch("5m"),
  /** another model than the newest */
  model: z.string().optional().catch(undefined),
  /** the chart ends a little after this moment (ms UTC) instead of at the last bar */
  at: z.number().optional().catch(undefined),
});
export type Search = z.infer<typeof Search>;

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
