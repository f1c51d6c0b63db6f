import { BarsQuery, BarsResponse, DownloadRequest, DownloadStatus } from "@orion/trade/wire";
import { heavyRate } from "../http/protect.ts";
import { refusals } from "./refusals.ts";
import type { RouteContext, TypedApp } from "./route.ts";
import { startedWithin } from "./startedWithin.ts";

export function dataRoutes(app: TypedApp, { jobs, pipeline, workspace, now }: RouteContext): void {
  app.get(
    "/api/bars",
    {
      schema: {
        description: "Stored bars as columns, made into the timeframe that is asked for",
        tags: ["data"],
        querystring: BarsQuery,
        response: { 200: BarsResponse, ...refusals },
      },
    },
    (request) => pipeline.readChartBars({ workspace, now }, request.query),
  );

  app.post(
    "/api/download-data",
    {
      config: heavyRate,
      schema: {
        description: "Starts a download from an exchange; 409 while one runs",
        tags: ["data"],
        body: DownloadRequest,
        response: { 202: DownloadStatus, ...refusals },
      },
    },
    async (request, reply) => {
      await startedWithin(jobs.startDownload(request.body));
      return reply.code(202).send(jobs.download.status);
    },
  );

  app.get(
    "/api/download-status",
    {
      schema: {
        description: "The running download, or how the last one since the server's start ended",
        tags: ["data"],
        response: { 200: DownloadStatus, ...refusals },
      },
    },
    async () => jobs.download.status,
  );

  app.post(
    "/api/download-data/cancel",
    {
      schema: {
        description: "Stops the download; what was stored stays and the next one continues there",
        tags: ["data"],
        response: { 202: DownloadStatus, ...refusals },
      },
    },
    async (_request, reply) => {
      jobs.cancelDownload();
      return reply.code(202).send(jobs.download.status);
    },
  );
}
