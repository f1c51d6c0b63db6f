import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { timeframeMs } from "../../../core/time.ts";
import type { BarSeries } from "../../bars.ts";

/** A misbehaviour of the n-th request for klines (0 is the first). */
export interface ServerFault {
  readonly request: number;
  /**
   * `limit`: 429 with Retry-After; `ban`: 418 with Retry-After; `drop`: the connection ends within the body;
   * `refuse`: it ends before any answer; `unavailable`: 503; `garbage`: 200 with a body cut in the middle
   */
  readonly kind: "limit" | "ban" | "drop" | "refuse" | "unavailable" | "garbage";
  readonly retryAfterSeconds?: number;
}

export interface ServedSeries {
  readonly market: "spot" | "futures";
  readonly timeframe: string;
  /** all bars that will ever be: those that start after `now` are not served yet */
  readonly bars: BarSeries;
}

export interface BinanceServer {
  readonly url: string;
  /** query strings of the requests for klines, in order */
  readonly klineRequests: URLSearchParams[];
  /** faults still to come; counted from the server's start */
  faults: ServerFault[];
  /** the exchange's clock, ms UTC */
  now: number;
  close(): Promise<void>;
}

/**
 * A local server that speaks the part of Binance's REST interface that a download needs: `time`, `exchangeInfo` and
 * `klines` of spot (`/api/v3`) and USD-M futures (`/fapi/v1`), as documented at
 * https://developers.binance.com/docs/binance-spot-api-docs/rest-api and …/derivatives/usds-margined-futures.
 * The bar that is forming at `now` is served, half done, as the exchange does.
 */
export async function startBinanceServer(options: {
  readonly now: number;
  readonly series: readonly ServedSeries[];
  readonly faults?: readonly ServerFault[];
}): Promise<BinanceServer> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const market = url.pathname.startsWith("/fapi/v1/") ? "futures" : "spot";
    const call = /^\/(?:fapi\/v1|api\/v3)\/(\w+)$/.exec(url.pathname)?.[1];
    if (call === "time") return sendJson(response, 200, { serverTime: state.now });
    if (call === "exchangeInfo")
      return sendJson(response, 200, exchangeInfo(market, options.series, state.now));
    if (call !== "klines") return sendJson(response, 404, { code: -1000, msg: `no ${url.pathname} here` });
    const fault = state.faults.find((f) => f.request === state.klineRequests.length);
    state.klineRequests.push(url.searchParams);
    const { status, body } = klines(market, url.searchParams, options.series, state.now);
    if (fault) misbehave(response, fault, JSON.stringify(body));
    else sendJson(response, status, body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const state: BinanceServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    klineRequests: [],
    faults: [...(options.faults ?? [])],
    now: options.now,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return state;
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    "content-type": "application/json;charset=UTF-8",
    "x-mbx-used-weight-1m": "2",
    ...headers,
  });
  response.end(JSON.stringify(body));
}

function misbehave(response: ServerResponse, fault: ServerFault, body: string): void {
  const asked = { "retry-after": String(fault.retryAfterSeconds ?? 1) };
  switch (fault.kind) {
    case "limit":
      sendJson(response, 429, { code: -1003, msg: "Too many requests; current limit is 2400." }, asked);
      return;
    case "ban":
      sendJson(response, 418, { code: -1003, msg: "Way too many requests; IP banned." }, asked);
      return;
    case "unavailable":
      sendJson(response, 503, { code: -1001, msg: "Internal error; unable to process your request." });
      return;
    case "garbage":
      response.writeHead(200, { "content-type": "application/json" });
      response.end(body.slice(0, body.length / 2));
      return;
    case "drop":
      response.writeHead(200, { "content-type": "application/json", "content-length": String(body.length) });
      response.write(body.slice(0, body.length / 2), () => response.destroy());
      return;
    case "refuse":
      response.destroy();
      return;
  }
}

function klines(
  market: string,
  query: URLSearchParams,
  series: readonly ServedSeries[],
  now: number,
): { status: number; body: unknown } {
  const ofSymbol = series.filter((s) => s.market === market && s.bars.instrument === query.get("symbol"));
  if (ofSymbol.length === 0) return { status: 400, body: { code: -1121, msg: "Invalid symbol." } };
  const served = ofSymbol.find((s) => s.timeframe === query.get("interval"));
  if (!served) return { status: 400, body: { code: -1120, msg: "Invalid interval." } };
  const { bars } = served;
  const barMs = timeframeMs(served.timeframe);
  const limit = Math.min(Number(query.get("limit") ?? 500), market === "spot" ? 1000 : 1500);
  const startTime = query.get("startTime");
  const from = Number(startTime ?? Number.NEGATIVE_INFINITY);
  const to = Math.min(Number(query.get("endTime") ?? Number.POSITIVE_INFINITY), now);
  const rows: unknown[] = [];
  for (let i = 0; i < bars.length; i++) {
    const start = bars.closeTime[i]! - barMs;
    if (start >= from && start <= to) rows.push(kline(bars, i, barMs, now));
  }
  return { status: 200, body: startTime === null ? rows.slice(-limit) : rows.slice(0, limit) };
}

function kline(bars: BarSeries, i: number, barMs: number, now: number): unknown[] {
  const isForming = bars.closeTime[i]! > now;
  const open = bars.open[i]!;
  const close = isForming ? (open + bars.close[i]!) / 2 : bars.close[i]!;
  const volume = isForming ? bars.volume[i]! / 2 : bars.volume[i]!;
  const start = bars.closeTime[i]! - barMs;
  const quote = String(volume * close);
  return [
    start,
    String(open),
    String(isForming ? Math.max(open, close) : bars.high[i]!),
    String(isForming ? Math.min(open, close) : bars.low[i]!),
    String(close),
    String(volume),
    start + barMs - 1,
    quote,
    100,
    String(volume / 2),
    quote,
    "0",
  ];
}

function exchangeInfo(market: string, series: readonly ServedSeries[], now: number): unknown {
  const symbols = [...new Set(series.filter((s) => s.market === market).map((s) => s.bars.instrument))];
  const filters = [
    { filterType: "PRICE_FILTER", minPrice: "0.01", maxPrice: "1000000", tickSize: "0.01" },
    { filterType: "LOT_SIZE", minQty: "0.001", maxQty: "9000", stepSize: "0.001" },
  ];
  return {
    timezone: "UTC",
    serverTime: now,
    rateLimits: [{ rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, limit: 2400 }],
    exchangeFilters: [],
    symbols: symbols.map((symbol) => {
      const baseAsset = symbol.replace(/USDT$/, "");
      const both = {
        symbol,
        status: "TRADING",
        baseAsset,
        quoteAsset: "USDT",
        filters,
        orderTypes: ["LIMIT", "MARKET"],
      };
      return market === "spot"
        ? {
            ...both,
            baseAssetPrecision: 8,
            quotePrecision: 8,
            isSpotTradingAllowed: true,
            permissions: ["SPOT"],
          }
        : {
            ...both,
            pair: symbol,
            contractType: "PERPETUAL",
            deliveryDate: 4133404800000,
            onboardDate: 1569398400000,
            marginAsset: "USDT",
            pricePrecision: 2,
            quantityPrecision: 3,
            timeInForce: ["GTC", "IOC", "FOK", "GTX"],
          };
    }),
  };
}
