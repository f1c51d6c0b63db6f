import type { Answer, Dialect, Refusal } from "../dialect.ts";
import type { Fault } from "../fault.ts";
import type { World } from "../world.ts";
import { chartRoutes } from "./chart.ts";
import { CrumbDesk, crumbRoutes } from "./crumb.ts";
import { quoteRoutes } from "./quote.ts";
import { yahooError } from "./yahooError.ts";

/**
 * Yahoo Finance as its page and the library yahoo-finance2 call it; Yahoo documents none of it. All of its hosts (finance.,
 * query1., query2.) live at the same address here.
 */
export function yahooDialect(world: World): Dialect {
  const desk = new CrumbDesk(world.seed);
  return {
    venue: "yahoo",
    routes: [...crumbRoutes(desk), ...chartRoutes(), ...quoteRoutes(desk)],
    headers: () => ({}),
    refuse: (why, call, fault) => {
      if (why === "token") desk.renew();
      return refusal(why, call.path, fault);
    },
  };
}

function refusal(why: Refusal, path: string, fault?: Fault): Answer {
  switch (why) {
    case "429":
    case "418":
      return { status: Number(why), body: "Too Many Requests\r\n", type: "text/plain" };
    case "5xx":
      return {
        status: fault?.status ?? 503,
        body: "<html><body><h1>Will be right back...</h1></body></html>",
        type: "text/html",
      };
    case "token":
      return yahooError(path, 401, "Unauthorized", "Invalid Crumb");
    case "unknown-symbol":
      return yahooError(path, 404, "Not Found", "No data found, symbol may be delisted");
    case "not-found":
      return yahooError(path, 404, "Not Found", "HTTP 404 Not Found");
    case "broken":
      return yahooError(path, 500, "Internal Server Error", "An unexpected error occurred");
  }
}
