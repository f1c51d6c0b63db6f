import type { Dialect } from "../dialect.ts";
import type { World } from "../world.ts";
import { BinanceExchange } from "./exchange.ts";
import { generalRoutes } from "./general.ts";
import { klineRoutes } from "./klines.ts";
import { binanceRefusal } from "./refusal.ts";

/**
 * Binance spot (`/api/v3`) and USD-M futures (`/fapi`, `/futures/data`), as documented at
 * developers.binance.com/docs/binance-spot-api-docs and /docs/derivatives/usds-margined-futures.
 */
export function binanceDialect(world: World): Dialect {
  const exchange = new BinanceExchange(world);
  return {
    venue: "binance",
    routes: [...generalRoutes(exchange), ...klineRoutes(exchange)],
    headers: (call) => exchange.weightHeaders(call),
    refuse: binanceRefusal,
  };
}
