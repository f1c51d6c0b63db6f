import { BacktestRequest, BacktestResponse, LatestBacktest } from "@orion/trade/wire";
import { heavyRate } from "../http/protect.ts";
import { refusals } from "./refusals.ts";
import type { RouteContext, TypedApp } from "./route.ts";

export function backtestRoutes(app: TypedApp, { jobs }: RouteContext): void {
  app.post(
    "/api/backtest",
    {
      config: heavyRate,
      schema: {
        description:
          "Runs a backtest and answers with its result; progress goes over /ws. A range that touches the training range is refused (409) unless `inSample` is true",
        tags: ["backtest"],
        body: BacktestRequest,
        response: { 200: BacktestResponse, ...refusals },
      },
    },
    async (request, reply) => {
      const gone = new AbortController();
      reply.raw.on("close", () => gone.abort());
      return jobs.runBacktest(request.body, gone.signal);
    },
  );

  app.get(
    "/api/backtest",
    {
      schema: {
        description: "The last backtest since the server's start, null before the first",
        tags: ["backtest"],
        response: { 200: LatestBacktest, ...refusals },
      },
    },
    async () => ({ result: jobs.lastBacktest }),
  );
}
