import {
  KeptScanExplanation,
  LatestScan,
  ScanExplanationQuery,
  ScanExplanationStatus,
  ScanModelQuery,
  ScanModelResponse,
  ScanQuery,
  ScanStatus,
} from "@orion/trade/wire";
import { z } from "zod";
import { heavyRate } from "../http/protect.ts";
import { refusals } from "./refusals.ts";
import type { RouteContext, TypedApp } from "./route.ts";
import { startedWithin } from "./startedWithin.ts";

/** Many symbols scanned to a few signals, what mattered about one of them, and how such signals did in the model's test. */
export function scanRoutes(app: TypedApp, { jobs, pipeline, workspace, now }: RouteContext): void {
  app.post(
    "/api/scan",
    {
      config: heavyRate,
      schema: {
        description:
          "Starts a scan of all stored symbols with the newest model of a recipe, or the one named; 409 while one runs. Watch it at /api/scan-status; GET /api/scan has the result",
        tags: ["scan"],
        body: ScanQuery,
        response: { 202: ScanStatus, ...refusals },
      },
    },
    async (request, reply) => {
      await startedWithin(jobs.startScan(request.body));
      return reply.code(202).send(jobs.scan.status);
    },
  );

  app.get(
    "/api/scan-status",
    {
      schema: {
        description: "The running scan, or how the last one since the server's start ended",
        tags: ["scan"],
        querystring: z.strictObject({}),
        response: { 200: ScanStatus, ...refusals },
      },
    },
    async () => jobs.scan.status,
  );

  app.get(
    "/api/scan",
    {
      schema: {
        description:
          "The signals, rejected candidates and dropped symbols of the last scan since the server's start, null before the first",
        tags: ["scan"],
        querystring: z.strictObject({}),
        response: { 200: LatestScan, ...refusals },
      },
    },
    async () => ({ run: jobs.lastScan }),
  );

  app.post(
    "/api/scan/cancel",
    {
      schema: {
        description: "Stops the scan at its next step; 409 when none runs",
        tags: ["scan"],
        response: { 202: ScanStatus, ...refusals },
      },
    },
    async (_request, reply) => {
      jobs.cancelScan();
      return reply.code(202).send(jobs.scan.status);
    },
  );

  app.get(
    "/api/scan/model",
    {
      schema: {
        description:
          "The model that a scan would ask, with its report on rows that nothing was fitted on; null and the mend where the recipe has none",
        tags: ["scan"],
        querystring: ScanModelQuery,
        response: { 200: ScanModelResponse, ...refusals },
      },
    },
    ({ query }) => pipeline.describeScanner({ workspace, now }, query),
  );

  app.post(
    "/api/scan/explanation",
    {
      config: heavyRate,
      schema: {
        description:
          "Starts to find out which features moved the base models' answer about one candidate at the close that was scanned; 409 while one is looked for, 422 where the symbol was no candidate. Watch it at /api/scan/explanation-status; GET /api/scan/explanation has the result",
        tags: ["scan"],
        body: ScanExplanationQuery,
        response: { 202: ScanExplanationStatus, ...refusals },
      },
    },
    async (request, reply) => {
      await startedWithin(jobs.startExplanation(request.body));
      return reply.code(202).send(jobs.explanation.status);
    },
  );

  app.get(
    "/api/scan/explanation-status",
    {
      schema: {
        description: "The explanation that is looked for, or how the last one since the server's start ended",
        tags: ["scan"],
        querystring: z.strictObject({}),
        response: { 200: ScanExplanationStatus, ...refusals },
      },
    },
    async () => jobs.explanation.status,
  );

  app.get(
    "/api/scan/explanation",
    {
      schema: {
        description: "What was found of one candidate since the server's start, null before",
        tags: ["scan"],
        querystring: ScanExplanationQuery,
        response: { 200: KeptScanExplanation, ...refusals },
      },
    },
    async ({ query }) => ({ run: jobs.explanationOf(query) }),
  );

  app.post(
    "/api/scan/explanation/cancel",
    {
      schema: {
        description: "Stops the explanation at its next step; 409 when none runs",
        tags: ["scan"],
        response: { 202: ScanExplanationStatus, ...refusals },
      },
    },
    async (_request, reply) => {
      jobs.cancelExplanation();
      return reply.code(202).send(jobs.explanation.status);
    },
  );
}
