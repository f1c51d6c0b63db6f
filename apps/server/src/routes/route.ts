import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Jobs } from "../jobs/createJobs.ts";
import type { Pipeline } from "../pipeline/pipeline.ts";

/** The application as routes see it: every schema is a zod schema and types its handler. */
export type TypedApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What a route may use. */
export interface RouteContext {
  jobs: Jobs;
  pipeline: Pipeline;
  workspace: string;
  version: string;
  now(): number;
}
