import { type Call, json, type Route } from "../dialect.ts";
import { seedOf } from "../fault.ts";

/** Assets: docs.alpaca.markets/reference/get-v2-assets-1. */
export function assetRoutes(): Route[] {
  return [
    {
      method: "GET",
      path: /^\/v2\/assets$/,
      handle: (call) => {
        const status = call.query.get("status");
        const assets = call.world.symbols("alpaca", "stock").map((symbol) => asset(call, symbol));
        return json(status === null ? assets : assets.filter((a) => a.status === status));
      },
    },
    {
      method: "GET",
      path: /^\/v2\/assets\/([^/]+)$/,
      handle: (call) => {
        const [symbol = ""] = call.caught;
        return call.world.tape("alpaca", "stock", symbol)
          ? json(asset(call, symbol))
          : json({ code: 40410000, message: `asset not found for ${symbol}` }, 404);
      },
    },
  ];
}

function asset(call: Call, symbol: string): { status: string } & Record<string, unknown> {
  const isActive = !call.world.isDelisted("stock", symbol);
  return {
    id: uuid(symbol),
    class: "us_equity",
    exchange: "NASDAQ",
    symbol,
    name: call.world.listing("stock", symbol)?.name ?? symbol,
    status: isActive ? "active" : "inactive",
    tradable: isActive,
    marginable: isActive,
    shortable: isActive,
    easy_to_borrow: isActive,
    fractionable: isActive,
    maintenance_margin_requirement: 30,
    margin_requirement_long: "30",
    margin_requirement_short: "30",
    attributes: [],
  };
}

function uuid(symbol: string): string {
  const hex = [1, 2, 3, 4].map((i) => seedOf(i, "asset", symbol).toString(16).padStart(8, "0")).join("");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join("-");
}
