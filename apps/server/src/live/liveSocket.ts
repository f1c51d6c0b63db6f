import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { LiveMessage } from "@orion/trade/wire";
import { ErrorBody } from "@orion/trade/wire";
import { type WebSocket, WebSocketServer } from "ws";
import type { Jobs } from "../jobs/createJobs.ts";
import type { TypedApp } from "../routes/route.ts";
import { throttle } from "./throttle.ts";

const STATUS_INTERVAL_MS = 200;
const MAX_CLIENTS = 64;

export interface LiveSocketOptions {
  jobs: Jobs;
  pingIntervalMs: number;
  /** null, or the line with which an upgrade is refused */
  refuse(request: IncomingMessage): string | null;
}

/**
 * /ws: the state of every job on connection and at each change, at most five messages a second of a kind, and new
 * predictions. The socket only tells; what a client sends is not read.
 */
export function liveSocket(app: TypedApp, { jobs, pingIntervalMs, refuse }: LiveSocketOptions): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1024 });

  app.server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const fault = refuse(request);
    if (fault !== null) return endWith(socket, "403 Forbidden", fault, 4);
    if (request.url?.split("?")[0] !== "/ws")
      return endWith(socket, "404 Not Found", "the live socket is /ws", 2);
    if (sockets.clients.size >= MAX_CLIENTS) {
      return endWith(
        socket,
        "503 Service Unavailable",
        `${MAX_CLIENTS} pages are watching already: close one`,
        4,
      );
    }
    sockets.handleUpgrade(request, socket, head, (client) => tell(client, jobs, pingIntervalMs));
  });

  app.addHook("preClose", async () => {
    for (const client of sockets.clients) client.terminate();
    sockets.close();
  });

  app.get(
    "/ws",
    {
      schema: {
        description: "WebSocket: job progress and new predictions (LiveMessage); 426 without an upgrade",
        tags: ["live"],
        response: { 426: ErrorBody },
      },
    },
    (_request, reply) => {
      reply.code(426).send({ error: "/ws speaks WebSocket: ask for an upgrade", code: 2 });
    },
  );
}

function tell(client: WebSocket, jobs: Jobs, pingIntervalMs: number): void {
  const send = (message: LiveMessage): void => {
    if (client.readyState === client.OPEN) client.send(JSON.stringify(message));
  };
  const training = throttle(
    (status: typeof jobs.training.status) => send({ type: "training", status }),
    STATUS_INTERVAL_MS,
  );
  const download = throttle(
    (status: typeof jobs.download.status) => send({ type: "download", status }),
    STATUS_INTERVAL_MS,
  );
  const backtest = throttle(
    (status: typeof jobs.backtest.status) => send({ type: "backtest", status }),
    STATUS_INTERVAL_MS,
  );
  const offs = [
    jobs.training.on(training.push),
    jobs.download.on(download.push),
    jobs.backtest.on(backtest.push),
    jobs.prediction.on((prediction) => prediction && send({ type: "prediction", prediction })),
  ];
  training.push(jobs.training.status);
  download.push(jobs.download.status);
  backtest.push(jobs.backtest.status);

  // a laptop that slept leaves a socket that looks open: no answer to a ping within one interval ends it
  let isAlive = true;
  client.on("pong", () => {
    isAlive = true;
  });
  const pinger = setInterval(() => {
    if (!isAlive) return client.terminate();
    isAlive = false;
    client.ping();
  }, pingIntervalMs);
  client.on("error", () => client.terminate());
  client.on("close", () => {
    clearInterval(pinger);
    for (const off of offs) off();
    for (const throttled of [training, download, backtest]) throttled.stop();
  });
}

function endWith(socket: Duplex, status: string, error: string, code: ErrorBody["code"]): void {
  const body = JSON.stringify({ error, code } satisfies ErrorBody);
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
