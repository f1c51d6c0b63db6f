import { RefusedError } from "@orion/trade/core";
import {
  AuditRequest,
  AuditStatus,
  FeatureReport,
  FeatureReportQuery,
  FeaturesQuery,
  FeaturesResponse,
  IndicatorQuery,
  IndicatorResponse,
  IndicatorsResponse,
  LatestAudit,
} from "@orion/trade/wire";
import type { FastifyReply } from "fastify";
import { z } from "zod";
import { orMissing } from "../http/missingSymbol.ts";
import { heavyRate } from "../http/protect.ts";
import { refusals } from "./refusals.ts";
import type { RouteContext, TypedApp } from "./route.ts";
import { startedWithin } from "./startedWithin.ts";

/** What a recipe's network sees, indicators for charts, and the audit for leaks. */
export function featureRoutes(app: TypedApp, { jobs, pipeline, workspace, now }: RouteContext): void {
  const listed = () => pipeline.describeData({ workspace, now });

  app.get(
    "/api/features",
    {
      schema: {
        description: "Every column of a recipe with its formula, source, set and lookback",
        tags: ["features"],
        querystring: FeaturesQuery,
        response: { 200: FeaturesResponse, ...refusals },
      },
    },
    ({ query }) => pipeline.featuresOfRecipe(query),
  );

  app.get(
    "/api/features/report",
    {
      schema: {
        description:
          "A recipe's columns on the stored bars: distribution and correlation in the training rows, what its selection takes away, drift of the later rows; 404 for a symbol that is not stored",
        tags: ["features"],
        querystring: FeatureReportQuery,
        response: { 200: FeatureReport, ...refusals },
      },
    },
    ({ query }, reply) =>
      whileAwaited(reply, "report", (signal) =>
        orMissing(pipeline.describeFeatures({ workspace, now, signal }, query), query, listed),
      ),
  );

  app.get(
    "/api/indicators",
    {
      schema: {
        description:
          "The indicators that stored bars can feed, with formula, parameters and where they are drawn",
        tags: ["features"],
        querystring: z.strictObject({}),
        response: { 200: IndicatorsResponse, ...refusals },
      },
    },
    () => pipeline.describeIndicators(),
  );

  app.get(
    "/api/indicator",
    {
      schema: {
        description:
          "One indicator on stored bars, made into the timeframe that is asked for; computed over all bars up to `to`, null in the warm-up",
        tags: ["features"],
        querystring: IndicatorQuery,
        response: { 200: IndicatorResponse, ...refusals },
      },
    },
    ({ query }, reply) =>
      whileAwaited(reply, "indicator", (signal) =>
        orMissing(pipeline.storedIndicator({ workspace, now, signal }, query), query, listed),
      ),
  );

  app.post(
    "/api/audit/leakage",
    {
      config: heavyRate,
      schema: {
        description:
          "Starts an audit of a recipe for leaks; 409 while one runs. Watch it at /api/audit-status",
        tags: ["features"],
        body: AuditRequest,
        response: { 202: AuditStatus, ...refusals },
      },
    },
    async (request, reply) => {
      await startedWithin(jobs.startAudit(request.body));
      return reply.code(202).send(jobs.audit.status);
    },
  );

  app.get(
    "/api/audit-status",
    {
      schema: {
        description: "The running audit, or how the last one since the server's start ended",
        tags: ["features"],
        response: { 200: AuditStatus, ...refusals },
      },
    },
    async () => jobs.audit.status,
  );

  app.get(
    "/api/audit/leakage",
    {
      schema: {
        description: "The report of the last audit since the server's start, null before the first",
        tags: ["features"],
        response: { 200: LatestAudit, ...refusals },
      },
    },
    async () => ({ run: jobs.lastAudit }),
  );

  app.post(
    "/api/audit/cancel",
    {
      schema: {
        description: "Stops the audit at its next step; 409 when none runs",
        tags: ["features"],
        response: { 202: AuditStatus, ...refusals },
      },
    },
    async (_request, reply) => {
      jobs.cancelAudit();
      return reply.code(202).send(jobs.audit.status);
    },
  );
}

/** Who went on to another recipe does not keep its report in the queue. */
async function whileAwaited<R>(
  reply: FastifyReply,
  what: string,
  work: (signal: AbortSignal) => Promise<R>,
): Promise<R> {
  const gone = new AbortController();
  reply.raw.on("close", () => gone.abort());
  try {
    return await work(gone.signal);
  } catch (thrown) {
    throw gone.signal.aborted ? new RefusedError(`the ${what} was given up: nobody waits for it`) : thrown;
  }
}
