import { binanceBars } from "./binanceBars.ts";
import { BinanceClient, type BinanceName, type BinanceOptions } from "./binanceClient.ts";
import { clientLibrary } from "./clientLibrary.ts";
import type { Source } from "./source.ts";

export type { BinanceOptions } from "./binanceClient.ts";

/** Public market data of Binance: `binance` is spot, `binanceusdm` the USD-M perpetual futures. No key is needed. */
export function binanceSource(name: BinanceName, options: BinanceOptions = {}): Source {
  let connected: Promise<BinanceClient> | undefined;
  const connect = async (): Promise<BinanceClient> => {
    connected ??= BinanceClient.connect(name, options).catch((thrown: unknown) => {
      connected = undefined;
      throw thrown;
    });
    return await connected;
  };
  return {
    name,
    market: name === "binance" ? "spot" : "futures",
    client: clientLibrary("ccxt"),
    async *fetchBars(request) {
      yield* binanceBars(await connect(), request);
    },
  };
}
