import { RefusedError } from "@orion/trade/core";
import {
  BarsQuery,
  BarsResponse,
  DataResponse,
  DownloadRequest,
  DownloadStatus,
  QualityQuery,
  QualityResponse,
  SourcesResponse,
} from "@orion/trade/wire";
import { z } from "zod";
import { orMissing } from "../http/missingSymbol.ts";
import { heavyRate } from "../http/protect.ts";
import { refusals } from "./refusals.ts";
import type { RouteContext, TypedApp } from "./route.ts";
import { startedWithin } from "./startedWithin.ts";

export function dataRoutes(app: TypedApp, { jobs, pipeline, workspace, now }: RouteContext): void {
  const listed = () => pipeline.describeData({ workspace, now });

  app.get(
    "/api/bars",
    {
      schema: {
        description:
          "Stored bars as columns, made into the timeframe that is asked for. `to` with the start of the oldest bar gives those before it; 404 for a symbol that is not stored",
        tags: ["data"],
        querystring: BarsQuery,
        response: { 200: BarsResponse, ...refusals },
      },
    },
    ({ query }) => orMissing(pipeline.readChartBars({ workspace, now }, query), query, listed),
  );

  app.get(
    "/api/data",
    {
      schema: {
        description:
          "Every stored series: rows, range, source, bytes on the disk, how far it is behind the market",
        tags: ["data"],
        querystring: z.strictObject({}),
        response: { 200: DataResponse, ...refusals },
      },
    },
    listed,
  );

  app.get(
    "/api/data/sources",
    {
      schema: {
        description:
          "Where bars can be downloaded from, what a source lacks here, and the symbols of the universes",
        tags: ["data"],
        querystring: z.strictObject({}),
        response: { 200: SourcesResponse, ...refusals },
      },
    },
    () => pipeline.describeSources({ workspace, now }),
  );

  app.get(
    "/api/data/quality",
    {
      schema: {
        description:
          "What the checks find in stored bars: targets, counts by check, and the places of trouble; 404 for a symbol that is not stored",
        tags: ["data"],
        querystring: QualityQuery,
        response: { 200: QualityResponse, ...refusals },
      },
    },
    ({ query }, reply) => {
      // who went on to another series does not keep its check in the queue
      const gone = new AbortController();
      reply.raw.on("close", () => gone.abort());
      const answer = pipeline.qualityOf({ workspace, now, signal: gone.signal }, query);
      return orMissing(answer, query, listed).catch((thrown: unknown) => {
        throw gone.signal.aborted ? new RefusedError("the check was given up: nobody waits for it") : thrown;
      });
    },
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
