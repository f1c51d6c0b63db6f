import { decimal } from "../decimal.ts";
import { json, type Route } from "../dialect.ts";
import type { Tape } from "../tape.ts";
import { type BinanceExchange, type BinanceMarket, marketOf } from "./exchange.ts";
import { refuse } from "./refusal.ts";

/** ping, time, exchangeInfo: …/rest-api/general-endpoints, …/usds-margined-futures/market-data/rest-api. */
export function generalRoutes(exchange: BinanceExchange): Route[] {
  return [
    {
      method: "GET",
      path: /^\/(?:api\/v3|fapi\/v1)\/ping$/,
      handle: (call) => {
        exchange.weigh(call, 1);
        return json({});
      },
    },
    {
      method: "GET",
      path: /^\/(?:api\/v3|fapi\/v1)\/time$/,
      handle: (call) => {
        exchange.weigh(call, 1);
        return json({ serverTime: call.toldTime });
      },
    },
    {
      method: "GET",
      path: /^\/(?:api\/v3|fapi\/v1)\/exchangeInfo$/,
      handle: (call) => {
        const market = marketOf(call.path);
        exchange.weigh(call, market === "spot" ? 20 : 1);
        return json(exchangeInfo(exchange, market, asked(call.query), call.toldTime));
      },
    },
    // the coin-margined venue has no contract here; a client that asks for all markets is to go on
    {
      method: "GET",
      path: /^\/dapi\/v1\/exchangeInfo$/,
      handle: (call) => json({ timezone: "UTC", rateLimits: [], symbols: [], serverTime: call.toldTime }),
    },
  ];
}

function asked(query: URLSearchParams): string[] | null {
  const one = query.get("symbol");
  if (one !== null) return [one];
  const many = query.get("symbols");
  if (many === null) return null;
  const names = /^\["[\w",]*"\]$/.test(many) ? many.slice(2, -2).split('","') : null;
  return names ?? refuse(400, -1100, "Illegal characters found in parameter 'symbols'.");
}

function exchangeInfo(
  exchange: BinanceExchange,
  market: BinanceMarket,
  only: readonly string[] | null,
  serverTime: number,
): object {
  // futures ignores the parameter and lists all
  const names = market === "spot" ? (only ?? exchange.symbols(market)) : exchange.symbols(market);
  const tapes = names.map((s) => exchange.find(market, s) ?? refuse(400, -1121, "Invalid symbol."));
  return {
    timezone: "UTC",
    serverTime,
    rateLimits: [
      {
        rateLimitType: "REQUEST_WEIGHT",
        interval: "MINUTE",
        intervalNum: 1,
        limit: market === "spot" ? 6000 : 2400,
      },
    ],
    exchangeFilters: [],
    ...(market === "futures"
      ? { assets: [{ asset: "USDT", marginAvailable: true, autoAssetExchange: "-10000" }] }
      : {}),
    symbols: tapes.map((tape) => (market === "spot" ? spotSymbol(exchange, tape) : future(exchange, tape))),
  };
}

const QUOTES = ["USDT", "USDC", "FDUSD", "BUSD", "TUSD", "BTC", "ETH", "BNB", "EUR", "TRY"];

/** BTCUSDT is BTC in USDT; a name that ends in no known quote is split before its last four letters. */
export function assetsOf(symbol: string): { base: string; quote: string } {
  const quote = QUOTES.find((q) => symbol.endsWith(q) && symbol.length > q.length) ?? symbol.slice(-4);
  return { base: symbol.slice(0, -quote.length) || symbol, quote };
}

/** Price and quantity steps: as the listing says, else what the recorded decimals show. */
export function stepsOf(exchange: BinanceExchange, tape: Tape): { tick: number; step: number } {
  const listing = exchange.world.listing(tape.market, tape.symbol);
  return {
    tick: listing?.tickSize ?? Number(`1e-${tape.priceDecimals}`),
    step: listing?.stepSize ?? Number(`1e-${tape.quantityDecimals}`),
  };
}

function filters(exchange: BinanceExchange, tape: Tape): object[] {
  const { tick, step } = stepsOf(exchange, tape);
  return [
    { filterType: "PRICE_FILTER", minPrice: decimal(tick), maxPrice: "1000000.00", tickSize: decimal(tick) },
    { filterType: "LOT_SIZE", minQty: decimal(step), maxQty: "9000000.00", stepSize: decimal(step) },
  ];
}

function spotSymbol(exchange: BinanceExchange, tape: Tape): object {
  const { base, quote } = assetsOf(tape.symbol);
  return {
    symbol: tape.symbol,
    status: exchange.world.isDelisted("spot", tape.symbol) ? "BREAK" : "TRADING",
    baseAsset: base,
    baseAssetPrecision: 8,
    quoteAsset: quote,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    baseCommissionPrecision: 8,
    quoteCommissionPrecision: 8,
    orderTypes: ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"],
    icebergAllowed: true,
    ocoAllowed: true,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: true,
    cancelReplaceAllowed: true,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: [
      ...filters(exchange, tape),
      {
        filterType: "NOTIONAL",
        minNotional: "5.00000000",
        applyMinToMarket: true,
        maxNotional: "9000000.00000000",
        applyMaxToMarket: false,
        avgPriceMins: 5,
      },
    ],
    permissions: [],
    permissionSets: [["SPOT"]],
    defaultSelfTradePreventionMode: "EXPIRE_MAKER",
    allowedSelfTradePreventionModes: ["EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH"],
  };
}

function future(exchange: BinanceExchange, tape: Tape): object {
  const { base, quote } = assetsOf(tape.symbol);
  const listing = exchange.world.listing("futures", tape.symbol);
  return {
    symbol: tape.symbol,
    pair: tape.symbol,
    contractType: "PERPETUAL",
    deliveryDate: listing?.delistedMs ?? 4_133_404_800_000,
    onboardDate: listing?.listedMs ?? tape.finest.from[0],
    status: exchange.world.isDelisted("futures", tape.symbol) ? "SETTLING" : "TRADING",
    maintMarginPercent: "2.5000",
    requiredMarginPercent: "5.0000",
    baseAsset: base,
    quoteAsset: quote,
    marginAsset: quote,
    pricePrecision: tape.priceDecimals,
    quantityPrecision: tape.quantityDecimals,
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: "COIN",
    underlyingSubType: [],
    triggerProtect: "0.0500",
    liquidationFee: "0.012500",
    marketTakeBound: "0.05",
    filters: [...filters(exchange, tape), { filterType: "MIN_NOTIONAL", notional: "5" }],
    orderTypes: [
      "LIMIT",
      "MARKET",
      "STOP",
      "STOP_MARKET",
      "TAKE_PROFIT",
      "TAKE_PROFIT_MARKET",
      "TRAILING_STOP_MARKET",
    ],
    timeInForce: ["GTC", "IOC", "FOK", "GTX"],
  };
}
