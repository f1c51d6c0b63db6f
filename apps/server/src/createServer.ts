import type { AddressInfo } from "node:net";
import { UsageError } from "@orion/trade/core";
import Fastify, { type FastifyBaseLogger, type FastifyError } from "fastify";
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import { pino } from "pino";
import { answerError } from "./http/answerError.ts";
import { documentRoutes } from "./http/documentRoutes.ts";
import { foreignFault, ownAddresses } from "./http/foreignFault.ts";
import { protect } from "./http/protect.ts";
import { servePage } from "./http/servePage.ts";
import { createJobs, type Jobs } from "./jobs/createJobs.ts";
import { liveSocket } from "./live/liveSocket.ts";
import type { Pipeline } from "./pipeline/pipeline.ts";
import { threadPipeline } from "./pipeline/threadPipeline.ts";
import { backtestRoutes } from "./routes/backtestRoutes.ts";
import { dataRoutes } from "./routes/dataRoutes.ts";
import { featureRoutes } from "./routes/featureRoutes.ts";
import { modelRoutes } from "./routes/modelRoutes.ts";
import type { RouteContext, TypedApp } from "./routes/route.ts";
import { scanRoutes } from "./routes/scanRoutes.ts";
import { trainingRoutes } from "./routes/trainingRoutes.ts";

export interface ServerOptions {
  workspace: string;
  /** the address to listen at; another than the loopback opens the server to the network */
  host?: string;
  /** 0 takes any free port */
  port?: number;
  /** further names under which the server may be called, with or without a port */
  allowedHosts?: readonly string[];
  /** the folder of the built page */
  pageFolder?: string;
  logLevel?: "silent" | "error" | "warn" | "info" | "debug";
  /** how often an idle WebSocket is asked whether it still lives */
  pingIntervalMs?: number;
  version?: string;
  /** the work itself; by default on worker threads */
  pipeline?: Pipeline;
  now?(): number;
}

export interface OrionServer {
  app: TypedApp;
  jobs: Jobs;
  /** Starts listening and gives the address to open. @throws UsageError (2) when the port or address is not to be had */
  listen(): Promise<string>;
  /** Stops the jobs at their next safe point, then the server. */
  close(): Promise<void>;
}

const BODY_LIMIT_BYTES = 64 * 1024;

/** The HTTP and WebSocket server of one workspace. */
export async function createServer(options: ServerOptions): Promise<OrionServer> {
  const { workspace, host = "127.0.0.1", port = 5000, now = Date.now, version = "0.1.0" } = options;
  const log: FastifyBaseLogger = pino(
    {
      level: options.logLevel ?? "warn",
      redact: ["req.headers.authorization", "req.headers.cookie", "*.apiKey", "*.secret", "*.password"],
    },
    pino.destination(2),
  );
  const threads = options.pipeline ? null : threadPipeline();
  const pipeline: Pipeline = options.pipeline ?? threads!;
  const jobs = createJobs({
    pipeline,
    workspace,
    now,
    onDefect: (error) => log.error({ err: error }, "a job failed"),
  });

  const app: TypedApp = Fastify({
    loggerInstance: log,
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((error: FastifyError, request, reply) => answerError(error, request, reply));
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({
      error: `there is no ${request.method} ${request.url.slice(0, 200)}; /docs lists what there is`,
      code: 2,
    }),
  );
  // a form of a foreign page may send text; JSON needs the browser's consent first
  app.removeContentTypeParser("text/plain");
  // a request without a body asks for the defaults
  app.addHook("preValidation", async (request) => {
    if (request.method === "POST") request.body ??= {};
  });

  const boundPort = (): number => (app.server.address() as AddressInfo | null)?.port ?? port;
  const isOwn = ownAddresses(boundPort, options.allowedHosts ?? []);
  app.addHook("onRequest", async (request, reply) => {
    const fault = foreignFault(request.raw, isOwn);
    if (fault !== null) await reply.code(403).send({ error: fault, code: 4 });
  });
  await protect(app);
  await documentRoutes(app, version);
  liveSocket(app, {
    jobs,
    pingIntervalMs: options.pingIntervalMs ?? 30_000,
    refuse: (request) => foreignFault(request, isOwn),
  });
  const context: RouteContext = { jobs, pipeline, workspace, version, now };
  for (const routes of [
    ...[modelRoutes, trainingRoutes, backtestRoutes],
    ...[dataRoutes, featureRoutes, scanRoutes],
  ])
    routes(app, context);
  await servePage(app, options.pageFolder);
  await app.ready();

  return {
    app,
    jobs,
    async listen() {
      try {
        await app.listen({ host, port });
      } catch (error) {
        throw listenFault(error, host, port);
      }
      const name = host.includes(":") ? `[${host}]` : host;
      return `http://${name}:${boundPort()}`;
    },
    async close() {
      await jobs.close();
      await app.close();
      await threads?.close();
    },
  };
}

function listenFault(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const cause = { cause: error };
  if (code === "EADDRINUSE") {
    return new UsageError(
      `port ${port} on ${host} is taken by another program: stop it or choose another port with --port`,
      cause,
    );
  }
  if (code === "EACCES") {
    return new UsageError(
      `port ${port} needs more rights than this user has: choose one above 1023 with --port`,
      cause,
    );
  }
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return new UsageError(`'${host}' is no address of this machine: use --host 127.0.0.1`, cause);
  }
  return error;
}
