import type { Dialect } from "../dialect.ts";
import type { World } from "../world.ts";
import { bookRoutes } from "./book.ts";
import { contractRoutes } from "./contracts.ts";
import { BinanceExchange } from "./exchange.ts";
import { generalRoutes } from "./general.ts";
import { klineRoutes } from "./klines.ts";
import { listenKeyRoutes } from "./listenKeys.ts";
import { binanceRefusal } from "./refusal.ts";
import { BinanceStreams } from "./streams.ts";
import { tickerRoutes } from "./tickers.ts";
import { tradeRoutes } from "./trades.ts";

/**
 * Binance spot (`/api/v3`) and USD-M futures (`/fapi`, `/futures/data`), as documented at
 * developers.binance.com/docs/binance-spot-api-docs and /docs/derivatives/usds-margined-futures.
 */
export function binanceDialect(world: World): Dialect {
  const exchange = new BinanceExchange(world);
  const streams = new BinanceStreams(exchange);
  return {
    venue: "binance",
    routes: [
      ...generalRoutes(exchange),
      ...klineRoutes(exchange),
      ...tradeRoutes(exchange),
      ...bookRoutes(exchange),
      ...tickerRoutes(exchange),
      ...contractRoutes(exchange),
      ...listenKeyRoutes(exchange),
    ],
    headers: (call) => exchange.weightHeaders(call),
    refuse: binanceRefusal,
    hasStream: (url) => streams.has(url),
    connect: (channel, _request, url) => streams.connect(channel, url),
    close: () => streams.close(),
  };
}
