import { DataError } from "../../../core/errors.ts";
import { DAY_MS, MINUTE_MS, timeframeName } from "../../../core/time.ts";
import { checkSymbol } from "../../instrument.ts";
import { CutAnswer } from "../connectionFault.ts";
import { exchangeDay } from "../stock/exchangeDay.ts";
import type { StockAsk, StockVenue } from "../stock/stockBars.ts";
import { VenueFault } from "../stock/venueFetch.ts";
import type { BarRow } from "../venueBars.ts";
import { type AlpacaClient, unknownSymbol } from "./alpacaClient.ts";

/** Alpaca's own bar lengths that lie whole inside the session, which begins at half past; it has 4, 12 and 20 minutes too. */
const BAR_MS = [1, 2, 3, 5, 6, 10, 15, 30].map((minutes) => minutes * MINUTE_MS).concat(DAY_MS);

/** The most bars that a page holds. */
const PAGE_BARS = 10_000;

export function alpacaVenue(client: AlpacaClient): StockVenue {
  return {
    name: "alpaca",
    barMs: BAR_MS,
    attempts: client.calls.policy.attempts,
    now: () => client.now(),
    pages: (ask) => alpacaPages(client, ask),
  };
}

async function* alpacaPages(client: AlpacaClient, ask: StockAsk): AsyncGenerator<BarRow[]> {
  const { barMs, from, to, signal, progress } = ask;
  const symbol = checkSymbol(ask.symbol);
  const what = `bars of ${symbol} ${timeframeName(barMs)}`;
  const asked = { what, symbol, signal, onWait: progress.waiting };
  let pageToken: string | undefined;
  let isEmpty = true;
  do {
    const page = await client.call(asked, async () => {
      const answer = await client.api.marketData.stocks.stockBarSingle({
        symbol,
        timeframe: barMs === DAY_MS ? "1Day" : `${barMs / MINUTE_MS}Min`,
        start: new Date(from),
        // the end counts as inside
        end: new Date(to - 1),
        limit: PAGE_BARS,
        adjustment: "raw",
        feed: client.feed,
        sort: "asc",
        ...(pageToken === undefined ? {} : { pageToken }),
      });
      const bars: unknown = answer.bars ?? [];
      if (!Array.isArray(bars)) throw new CutAnswer("the answer is no list of bars");
      return answer;
    });
    const rows = (page.bars ?? []).map((bar) => {
      const time = bar.t instanceof Date ? bar.t.getTime() : Number.NaN;
      const start = barMs === DAY_MS ? exchangeDay(time) : time;
      return { closeTime: start + barMs, open: bar.o, high: bar.h, low: bar.l, close: bar.c, volume: bar.v };
    });
    if (rows.length > 0) {
      isEmpty = false;
      yield rows;
    }
    const next = page.nextPageToken || undefined;
    if (next !== undefined && next === pageToken)
      throw new DataError("alpaca gave the same page twice: run the download again");
    pageToken = next;
  } while (pageToken !== undefined);
  if (isEmpty) await checkListed(client, ask);
}

/** No bars at all: a symbol that Alpaca does not know is told as such. */
async function checkListed(client: AlpacaClient, { symbol, signal, progress }: StockAsk): Promise<void> {
  try {
    const asked = { what: `the listing of ${symbol}`, symbol, signal, onWait: progress.waiting };
    const { status } = await client.call(asked, () =>
      client.api.trading.assets.getV2AssetsSymbolOrAssetId({ symbolOrAssetId: symbol }),
    );
    if (status === "inactive") progress.note(`${symbol} is listed no more`);
  } catch (thrown) {
    const { cause } = thrown instanceof Error ? thrown : {};
    if (cause instanceof VenueFault && cause.status === 404) throw unknownSymbol(symbol);
    throw thrown;
  }
}
