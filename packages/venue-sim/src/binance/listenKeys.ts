import { type Call, json, type Route } from "../dialect.ts";
import { type BinanceExchange, type BinanceMarket, LISTEN_KEY_MS } from "./exchange.ts";
import { missing, refuse } from "./refusal.ts";

/** Listen keys of user data streams: …/user-data-stream (spot), …/usds-margined-futures/user-data-streams (futures). */
export function listenKeyRoutes(exchange: BinanceExchange): Route[] {
  const path = /^\/(api\/v3\/userDataStream|fapi\/v1\/listenKey)$/;
  const marketOf = (call: Call): BinanceMarket => (call.path.startsWith("/api/") ? "spot" : "futures");
  return [
    {
      method: "POST",
      path,
      handle: (call) => {
        checkApiKey(exchange, call);
        return json({ listenKey: exchange.createListenKey(marketOf(call)) });
      },
    },
    {
      method: "PUT",
      path,
      handle: (call) => {
        checkApiKey(exchange, call);
        const key = keyOf(exchange, call, marketOf(call));
        exchange.listenKeys.set(key, { market: marketOf(call), until: call.now + LISTEN_KEY_MS });
        return json(marketOf(call) === "spot" ? {} : { listenKey: key });
      },
    },
    {
      method: "DELETE",
      path,
      handle: (call) => {
        checkApiKey(exchange, call);
        exchange.listenKeys.delete(keyOf(exchange, call, marketOf(call)));
        return json({});
      },
    },
  ];
}

function checkApiKey(exchange: BinanceExchange, call: Call): void {
  const given = call.headers["x-mbx-apikey"];
  if (typeof given !== "string" || given === "") refuse(401, -2014, "API-key format invalid.");
  const expected = exchange.world.keys.binance?.apiKey;
  if (expected !== undefined && given !== expected) {
    refuse(401, -2015, "Invalid API-key, IP, or permissions for action.");
  }
}

/** Spot names the key; of futures the account's only one is meant. Clients send it as query or as form. */
function keyOf(exchange: BinanceExchange, call: Call, market: BinanceMarket): string {
  const named = call.query.get("listenKey") ?? new URLSearchParams(call.body).get("listenKey");
  if (market === "spot" && !named) return missing("listenKey");
  for (const [key, { market: of, until }] of exchange.listenKeys) {
    if (of === market && until > call.now && (named === null || named === key)) return key;
  }
  return refuse(400, -1125, "This listenKey does not exist.");
}
