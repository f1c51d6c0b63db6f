import { type Answer, type Call, type Dialect, json, type Refusal } from "../dialect.ts";
import type { Fault } from "../fault.ts";
import type { World } from "../world.ts";
import { isAllowed } from "./access.ts";
import { assetRoutes } from "./assets.ts";
import { barRoutes } from "./bars.ts";
import { corporateActionRoutes } from "./corporateActions.ts";
import { latestRoutes } from "./latest.ts";
import { encodeMessagePack } from "./messagePack.ts";
import { sessionRoutes } from "./sessions.ts";
import { AlpacaStreams } from "./streams.ts";

/**
 * Alpaca's market data (docs.alpaca.markets/reference/stockbars and its neighbours), and of its trading interface what a
 * download asks: assets, calendar, clock. Both interfaces live at the same address here. Streams: `/v2/iex`, `/v2/sip`.
 */
export function alpacaDialect(world: World): Dialect {
  const streams = new AlpacaStreams(world);
  return {
    venue: "alpaca",
    routes: [
      ...barRoutes(),
      ...corporateActionRoutes(),
      ...latestRoutes(),
      ...assetRoutes(),
      ...sessionRoutes(),
    ].map((route) => ({
      ...route,
      handle: (call) => (isAllowed(call) ?? route.handle(call)) as Answer,
    })),
    headers: (call) => ({
      "x-ratelimit-limit": "200",
      "x-ratelimit-remaining": "199",
      "x-ratelimit-reset": String(Math.ceil(call.now / 60_000) * 60),
      "x-request-id": "0123456789abcdef0123456789abcdef",
    }),
    refuse: refusal,
    hasStream: (url) => /^\/v2\/(?:iex|sip|delayed_sip|test)$/.test(url.pathname),
    encoder: (request) =>
      request.headers["content-type"] === "application/msgpack" ? encodeMessagePack : undefined,
    connect: (channel, request) => streams.connect(channel, request),
    close: () => streams.close(),
  };
}

function refusal(why: Refusal, _call: Call, fault?: Fault): Answer {
  switch (why) {
    case "429":
    case "418":
      return json({ message: "too many requests." }, Number(why));
    case "5xx":
      return json({ message: "internal server error occurred" }, fault?.status ?? 503);
    case "token":
      return json({ code: 40110000, message: "request is not authorized" }, 401);
    case "unknown-symbol":
      return json({ message: "invalid symbol: NOSUCHSYMBOL" }, 400);
    case "not-found":
      return json({ message: "endpoint not found." }, 404);
    case "broken":
      return json({ message: "internal server error occurred" }, 500);
  }
}
