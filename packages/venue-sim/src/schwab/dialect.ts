import type { Answer, Dialect, Refusal } from "../dialect.ts";
import type { Fault } from "../fault.ts";
import type { World } from "../world.ts";
import { marketHourRoutes } from "./marketHours.ts";
import { oauthRoutes, SchwabTokens } from "./oauth.ts";
import { priceHistoryRoutes } from "./priceHistory.ts";
import { quoteRoutes } from "./quotes.ts";
import { schwabError } from "./schwabError.ts";

/** Schwab's Trader API, market data: developer.schwab.com/products/trader-api--individual/details/specifications. */
export function schwabDialect(world: World): Dialect {
  const tokens = new SchwabTokens(world);
  const data = [...priceHistoryRoutes(), ...quoteRoutes(), ...marketHourRoutes()].map((route) => ({
    ...route,
    handle: (call: Parameters<typeof route.handle>[0]): Answer =>
      tokens.isAllowed(call) ? route.handle(call) : unauthorized(),
  }));
  return {
    venue: "schwab",
    routes: [...oauthRoutes(tokens), ...data],
    headers: () => ({ "schwab-client-correlid": "00000000-0000-4000-8000-000000000001" }),
    refuse: (why, call, fault) => {
      // what the client holds is dead from now on: only a refresh helps, as after 30 minutes
      if (why === "token") tokens.expireAccess();
      return refusal(why, call.path, fault);
    },
  };
}

const unauthorized = (): Answer => schwabError(401, "Unauthorized", "Client not authorized");

function refusal(why: Refusal, path: string, fault?: Fault): Answer {
  switch (why) {
    case "429":
    case "418":
      return schwabError(Number(why), "Too Many Requests", "Request limit exceeded");
    case "5xx":
      return schwabError(fault?.status ?? 503, "Service Unavailable", "The service cannot be reached");
    case "token":
      return unauthorized();
    case "unknown-symbol":
      return schwabError(404, "Not Found", "Symbol not found");
    case "not-found":
      return schwabError(404, "Not Found", `no ${path} here`);
    case "broken":
      return schwabError(500, "Internal Server Error", "An unexpected error occurred");
  }
}
