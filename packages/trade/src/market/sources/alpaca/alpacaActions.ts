import { DAY_MS } from "../../../core/time.ts";
import { factorsFromEvents } from "../../actions/factorsFromEvents.ts";
import type { PriceFactors } from "../../actions/priceFactors.ts";
import { checkSymbol } from "../../instrument.ts";
import { floorToGrid } from "../../timeGrid.ts";
import { FetchProgress } from "../fetchProgress.ts";
import type { HistoryRequest } from "../source.ts";
import type { BarRow } from "../venueBars.ts";
import { alpacaVenue } from "./alpacaBars.ts";
import type { AlpacaClient } from "./alpacaClient.ts";

/** Splits and cash dividends whose ex-date has come, from `since` on, as factors (docs.alpaca.markets, corporate actions). */
export async function fetchAlpacaActions(
  client: AlpacaClient,
  request: HistoryRequest,
): Promise<PriceFactors> {
  const symbol = checkSymbol(request.symbol);
  const { signal } = request;
  const progress = new FetchProgress(`${symbol} splits and dividends`, request.onProgress, () =>
    client.now(),
  );
  const asked = {
    what: `splits and dividends of ${symbol}`,
    symbol,
    signal,
    onWait: progress.waiting,
  };
  const from = floorToGrid(request.since, DAY_MS);
  const days = new Map<number, { shares: number; dividend: number }>();
  const note = (exDate: Date, change: { shares?: number; dividend?: number }): void => {
    const exDay = floorToGrid(exDate.getTime(), DAY_MS);
    const { shares, dividend } = days.get(exDay) ?? { shares: 1, dividend: 0 };
    days.set(exDay, {
      shares: shares * (change.shares ?? 1),
      dividend: dividend + (change.dividend ?? 0),
    });
  };
  let pageToken: string | undefined;
  do {
    const page = await client.call(asked, () =>
      client.api.marketData.corporateActions.corporateActions({
        symbols: symbol,
        types: "forward_split,reverse_split,cash_dividend",
        start: new Date(from),
        end: new Date(client.now()),
        limit: 1000,
        sort: "asc",
        ...(pageToken === undefined ? {} : { pageToken }),
      }),
    );
    const { forwardSplits = [], reverseSplits = [], cashDividends = [] } = page.corporateActions;
    for (const { exDate, newRate, oldRate } of [...forwardSplits, ...reverseSplits]) {
      note(exDate, { shares: newRate / oldRate });
    }
    for (const { exDate, rate } of cashDividends) note(exDate, { dividend: rate });
    pageToken = page.nextPageToken || undefined;
  } while (pageToken !== undefined);
  const closes: BarRow[] = [];
  if (days.size > 0) {
    const to = floorToGrid(client.now(), DAY_MS) + DAY_MS;
    const ask = { symbol, barMs: DAY_MS, from, to, signal, progress };
    for await (const rows of alpacaVenue(client).pages(ask)) closes.push(...rows);
  }
  return factorsFromEvents(
    symbol,
    [...days].map(([exDay, event]) => ({ exDay, ...event })),
    (exDay) => {
      const before = closes.findLast((row) => row.closeTime <= exDay);
      return before ? { day: before.closeTime - DAY_MS, close: before.close } : null;
    },
  );
}
