import { isoTime } from "../../../core/time.ts";
import { clientLibrary } from "../clientLibrary.ts";
import type { FetchRequest, Source } from "../source.ts";
import { stockBars } from "../stock/stockBars.ts";
import { fetchAlpacaActions } from "./alpacaActions.ts";
import { alpacaVenue } from "./alpacaBars.ts";
import { AlpacaClient, type AlpacaOptions, AlpacaRefusal } from "./alpacaClient.ts";
import { streamAlpaca } from "./streamAlpaca.ts";

export type { AlpacaOptions } from "./alpacaClient.ts";

/** Alpaca's history begins here (docs.alpaca.markets, Historical API: "since 2016"). */
const FIRST_TIME = Date.UTC(2016, 0, 1);

/** US stocks and ETFs from Alpaca: raw prices; volume is that of the feed, with `iex` a few percent of the whole. */
export function alpacaSource(options: AlpacaOptions = {}): Source {
  let connected: Promise<AlpacaClient> | undefined;
  const connect = async (): Promise<AlpacaClient> => {
    connected ??= AlpacaClient.connect(options).catch((thrown: unknown) => {
      connected = undefined;
      throw thrown;
    });
    return await connected;
  };
  return {
    name: "alpaca",
    market: "stock",
    client: clientLibrary("@alpacahq/alpaca-trade-api"),
    // volume is that of the feed
    provenance: `alpaca (${options.feed ?? "iex"} feed)`,
    async *fetchBars(request) {
      const client = await connect();
      checkReach(request);
      yield* stockBars(alpacaVenue(client), request);
    },
    fetchActions: async (request) => await fetchAlpacaActions(await connect(), request),
    async *streamBars(request) {
      yield* streamAlpaca(await connect(), request);
    },
  };
}

function checkReach({ symbol, since }: FetchRequest): void {
  if (since >= FIRST_TIME) return;
  throw new AlpacaRefusal(
    `its history of ${symbol} begins ${isoTime(FIRST_TIME).slice(0, 10)}`,
    "say --since 2016-01-01, or --fallback yahoo for all of it",
  );
}
