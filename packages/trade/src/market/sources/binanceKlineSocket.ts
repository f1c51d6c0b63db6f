import { ExchangeClosedByUser, pro } from "ccxt";
import { z } from "zod";
import { messageOf } from "../../core/errors.ts";
import { timeframeMs } from "../../core/time.ts";
import type { BarSocket, StreamedBar } from "./barStream.ts";
import { numberOf } from "./binanceBars.ts";
import { type BinanceClient, ccxtConfig, pointTo } from "./binanceClient.ts";

const klineSchema = z.object({
  e: z.literal("kline"),
  k: z.object({
    t: z.number(),
    s: z.string(),
    i: z.string(),
    o: z.unknown(),
    h: z.unknown(),
    l: z.unknown(),
    c: z.unknown(),
    v: z.unknown(),
    /** the bar is closed */
    x: z.boolean(),
  }),
});
const answerSchema = z.object({ id: z.union([z.number(), z.string()]), error: z.unknown().optional() });

/**
 * Subscribes to the klines of symbols through ccxt.pro. Its own list of candles does not say which of them are closed, so
 * the messages are read as they come; ccxt keeps the connection, its pings and the subscription.
 */
export async function openKlines(
  client: BinanceClient,
  symbols: readonly string[],
  interval: string,
  onMessage: (bar?: StreamedBar) => void,
  signal: AbortSignal | undefined,
): Promise<BarSocket> {
  const { name, options } = client;
  const exchange = new pro[name](ccxtConfig(name, options));
  // a new connection is this file's caller's to wait for
  exchange.options.ws = { ...exchange.options.ws, backoff: { base: 0, max: 0 } };
  if (options.baseUrl !== undefined) pointTo(exchange, options.baseUrl);
  exchange.setMarketsFromExchange(client.exchange);
  const barMs = timeframeMs(interval);
  let accept: () => void = () => {};
  let refuse: (reason: Error) => void = () => {};
  const subscribed = new Promise<void>((resolve, reject) => {
    accept = resolve;
    refuse = reject;
  });
  exchange.handleMessage = (_: unknown, message: unknown): void => {
    const kline = klineSchema.safeParse(message);
    if (kline.success) {
      const { k } = kline.data;
      if (k.i === interval) onMessage({ symbol: k.s, isClosed: k.x, row: rowOf(k, barMs) });
      return;
    }
    onMessage();
    const answer = answerSchema.safeParse(message);
    if (!answer.success) return;
    if (answer.data.error === undefined) accept();
    else refuse(new Error(`the subscription was refused: ${JSON.stringify(answer.data.error)}`));
  };
  // ccxt would print what is no JSON to standard output
  exchange.log = () => {};
  const close = (): void => {
    for (const socket of Object.values(exchange.clients)) {
      socket.reset(new ExchangeClosedByUser("closed"));
      const transport: unknown = socket.connection;
      if (isTerminable(transport)) transport.terminate();
    }
    exchange.clients = {};
  };
  // streams without TLS (a local server) need an agent that ccxt loads on request
  await exchange.loadHttpProxyAgent();
  const byId = symbols.map((s): [string, string] => [
    exchange.safeSymbol(s, undefined, undefined, typeOf(name)),
    interval,
  ]);
  // candles are never resolved, so this settles when the connection is gone
  const ended = exchange.watchOHLCVForSymbols(byId).then(
    () => "it ended",
    (thrown: unknown) => messageOf(thrown),
  );
  const aborted = new Promise<never>((_, reject) => {
    const stop = (): void => reject(signal?.reason instanceof Error ? signal.reason : new Error("stopped"));
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
  try {
    await Promise.race([subscribed, aborted, ended.then((reason) => Promise.reject(new Error(reason)))]);
  } catch (thrown) {
    close();
    throw thrown;
  }
  return { ended, close };
}

const typeOf = (name: BinanceClient["name"]): "spot" | "swap" => (name === "binance" ? "spot" : "swap");

function rowOf(k: z.infer<typeof klineSchema>["k"], barMs: number): StreamedBar["row"] {
  return {
    closeTime: k.t + barMs,
    open: numberOf(k.o),
    high: numberOf(k.h),
    low: numberOf(k.l),
    close: numberOf(k.c),
    volume: numberOf(k.v),
  };
}

function isTerminable(transport: unknown): transport is { terminate(): void } {
  return (
    typeof transport === "object" &&
    transport !== null &&
    "terminate" in transport &&
    typeof transport.terminate === "function"
  );
}
