import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { Channel } from "./channel.ts";
import { control } from "./control.ts";
import { type Answer, type Call, type Dialect, type Refusal, Refused } from "./dialect.ts";
import type { Fault } from "./fault.ts";
import type { World } from "./world.ts";

/** A request's body may be this long; no client sends more. */
const MAX_BODY_BYTES = 1_000_000;

export interface ServedDialect {
  readonly server: Server;
  dropStreams(): void;
  close(): Promise<void>;
}

/** Serves one dialect on 127.0.0.1; `port` 0 takes any that is free. */
export async function serveDialect(dialect: Dialect, world: World, port: number): Promise<ServedDialect> {
  const sockets = new Set<Duplex>();
  const streams = new WebSocketServer({ noServer: true, autoPong: false });
  const server = createServer((request, response) => {
    const { socket } = request;
    readBody(request)
      .then((body) => answerRequest(dialect, world, request, response, body))
      .catch(() => socket.destroy());
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
  });
  server.on("upgrade", (request, socket, head) => {
    const url = urlOf(request);
    const refused = world.faults
      .strike({ venue: dialect.venue, on: "message", route: `connect ${url.pathname}` })
      .some((f) => f.kind === "refuse");
    if (refused || !dialect.hasStream?.(url)) {
      socket.end(
        `HTTP/1.1 ${refused ? "503 Service Unavailable" : "404 Not Found"}\r\ncontent-length: 0\r\n\r\n`,
      );
      return;
    }
    streams.handleUpgrade(request, socket, head, (client: WebSocket) => {
      dialect.connect?.(new Channel(client, world, dialect.venue, dialect.encoder?.(request)), request, url);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
  const dropStreams = (): void => {
    for (const client of streams.clients) client.terminate();
  };
  return {
    server,
    dropStreams,
    close: () =>
      new Promise((resolve) => {
        dialect.close?.();
        dropStreams();
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** The address asked for; one that is no path, such as `*`, is the root's. */
function urlOf(request: IncomingMessage): URL {
  const text = `http://localhost${request.url ?? "/"}`;
  return new URL(URL.canParse(text) ? text : "http://localhost/");
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > MAX_BODY_BYTES) throw new RangeError("body too long");
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function answerRequest(
  dialect: Dialect,
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
): void {
  const url = urlOf(request);
  const method = request.method ?? "GET";
  if (url.pathname.startsWith("/_sim/")) {
    send(response, control(world, method, url.pathname, body), {}, world.now);
    return;
  }
  const struck = world.faults.strike({ venue: dialect.venue, on: "request", route: url.pathname });
  world.requests.push({
    venue: dialect.venue,
    method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    at: world.now,
    faults: struck.map((f) => f.kind),
  });
  const has = (kind: Fault["kind"]): Fault | undefined => struck.find((f) => f.kind === kind);
  if (has("hang")) return;
  if (has("reset")) {
    request.socket.resetAndDestroy();
    return;
  }
  const skew = has("skew");
  const call: Call = {
    world,
    method,
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body,
    caught: [],
    now: world.now,
    toldTime: world.now + (skew ? (skew.skewMs ?? 60_000) : 0),
    faults: struck,
  };
  const answer = has("html")
    ? { status: 200, body: "<html><body>Please sign in to this network</body></html>", type: "text/html" }
    : answerOf(dialect, call, struck);
  const finish = (): void => {
    if (has("cut")) cut(response, answer, dialect.headers(call), call.toldTime);
    else if (has("garbage")) send(response, halved(answer), dialect.headers(call), call.toldTime);
    else send(response, answer, dialect.headers(call), call.toldTime);
  };
  const slow = has("slow");
  if (slow) setTimeout(finish, slow.delayMs ?? 1000).unref();
  else finish();
}

function answerOf(dialect: Dialect, call: Call, struck: readonly Fault[]): Answer {
  for (const why of ["418", "429", "5xx", "token", "unknown-symbol"] satisfies Refusal[]) {
    const fault = struck.find((f) => f.kind === why);
    if (!fault) continue;
    const answer = dialect.refuse(why, call, fault);
    if (why !== "418" && why !== "429") return answer;
    return {
      ...answer,
      headers: { ...answer.headers, "retry-after": String(fault.retryAfterSeconds ?? 1) },
    };
  }
  try {
    for (const route of dialect.routes) {
      const match = route.method === call.method ? route.path.exec(call.path) : null;
      if (match)
        return route.handle({ ...call, caught: match.slice(1).map((c) => decodeURIComponent(c ?? "")) });
    }
  } catch (thrown) {
    if (thrown instanceof Refused) return thrown.answer;
    // an address that cannot be decoded; a venue blames the request as well
    if (thrown instanceof URIError) return dialect.refuse("not-found", call);
    return {
      ...dialect.refuse("broken", call),
      headers: { "x-sim-error": String(thrown).replace(/\s+/g, " ") },
    };
  }
  return dialect.refuse("not-found", call);
}

const textOf = (answer: Answer): string =>
  answer.type !== undefined && typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);

function headersOf(
  answer: Answer,
  more: Record<string, string>,
  now: number,
): Record<string, string | string[]> {
  return {
    // a venue's own clock: a client may take its idea of "closed" from here
    date: new Date(now).toUTCString(),
    "content-type": answer.type ?? "application/json;charset=UTF-8",
    ...more,
    ...(answer.headers as Record<string, string | string[]> | undefined),
  };
}

function send(response: ServerResponse, answer: Answer, more: Record<string, string>, now: number): void {
  response.writeHead(answer.status, headersOf(answer, more, now));
  response.end(textOf(answer));
}

function cut(response: ServerResponse, answer: Answer, more: Record<string, string>, now: number): void {
  const bytes = Buffer.from(textOf(answer));
  response.writeHead(answer.status, {
    ...headersOf(answer, more, now),
    "content-length": String(Math.max(1, bytes.length)),
  });
  response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
  if (bytes.length < 2) response.destroy();
}

const halved = (answer: Answer): Answer => {
  const text = textOf(answer);
  return {
    ...answer,
    status: 200,
    type: answer.type ?? "application/json",
    body: text.slice(0, text.length >> 1),
  };
};
