import { isoTime } from "@orion/trade/core";
import {
  isSignalModel,
  ModelSummary,
  Prediction,
  PredictQuery,
  RecipeSummary,
  StatusResponse,
} from "@orion/trade/wire";
import { z } from "zod";
import { refusals } from "./refusals.ts";
import type { RouteContext, TypedApp } from "./route.ts";

/** What there is and what it says: status, models, prediction. */
export function modelRoutes(app: TypedApp, { jobs, pipeline, workspace, version, now }: RouteContext): void {
  const newestFirst = async (): Promise<ModelSummary[]> =>
    (await pipeline.listModels(workspace)).sort((a, b) => b.createdAt.localeCompare(a.createdAt));

  app.get(
    "/api/status",
    {
      schema: {
        description: "What is stored, which model answers and what is running",
        tags: ["status"],
        response: { 200: StatusResponse, ...refusals },
      },
    },
    async () => {
      const [models, data] = await Promise.all([newestFirst(), pipeline.listStoredBars(workspace)]);
      return {
        version,
        time: isoTime(now()),
        data,
        model: models.find(isSignalModel)?.id ?? null,
        training: jobs.training.status.state,
        download: jobs.download.status.state,
        backtest: jobs.backtest.status.state,
      };
    },
  );

  app.get(
    "/api/models",
    {
      schema: {
        description: "The trained models with their test reports, newest first",
        tags: ["models"],
        response: { 200: z.array(ModelSummary), ...refusals },
      },
    },
    newestFirst,
  );

  app.get(
    "/api/recipes",
    {
      schema: {
        description: "The recipes that can be trained here",
        tags: ["models"],
        response: { 200: z.array(RecipeSummary), ...refusals },
      },
    },
    () => pipeline.listRecipeSummaries(),
  );

  app.get(
    "/api/predict",
    {
      schema: {
        description: "The signal on the last closed bar, or as of `at`",
        tags: ["models"],
        querystring: PredictQuery,
        response: { 200: Prediction, ...refusals },
      },
    },
    (request) => jobs.predict(request.query),
  );
}
