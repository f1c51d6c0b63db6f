import { DAY_MS, isoTime, MINUTE_MS, timeframeMs } from "../../../core/time.ts";
import type { BarSeries } from "../../bars.ts";
import { calendarOf } from "../../calendars/calendarOf.ts";
import { checkSymbol } from "../../instrument.ts";
import { floorToGrid } from "../../timeGrid.ts";
import type { StreamRequest } from "../source.ts";
import { stockBars } from "../stock/stockBars.ts";
import { type BarRow, venueBars } from "../venueBars.ts";
import { VenueUnreachable } from "../venueCalls.ts";
import { alpacaVenue } from "./alpacaBars.ts";
import { type AlpacaClient, AlpacaRefusal } from "./alpacaClient.ts";

/** A minute that closed, or (without a row) a reason to ask what closed meanwhile. */
interface Happening {
  readonly symbol: string;
  readonly row: BarRow | null;
}

/**
 * Closed bars of regular hours as they close. Alpaca sends each minute's bar when the minute ends, and none for a minute
 * without a trade: a minute that does not follow the last one may follow a lost message, so that what lies between is asked
 * of REST; so is all since the last bar after every reconnection and after a long silence. Bars longer than a minute are
 * asked of REST when a minute shows that they have closed.
 */
export async function* streamAlpaca(client: AlpacaClient, request: StreamRequest): AsyncGenerator<BarSeries> {
  const { signal, onNote = () => {} } = request;
  const barMs = timeframeMs(request.timeframe);
  const symbols = [...new Set(request.symbols.map(checkSymbol))];
  const next = new Map(
    symbols.map((symbol) => [
      symbol,
      floorToGrid((request.since?.[symbol] ?? client.now() - barMs + 1) + barMs - 1, barMs),
    ]),
  );
  const queue: Happening[] = [];
  let wake = (): void => {};
  const push = (happening: Happening): void => {
    queue.push(happening);
    wake();
  };
  const askAll = (): void => {
    for (const symbol of symbols) push({ symbol, row: null });
  };
  const stream = openStream(client);
  let silence: NodeJS.Timeout | undefined;
  const listen = (): void => {
    clearTimeout(silence);
    silence = setTimeout(() => {
      if (calendarOf("nyse").isOpen(client.now())) {
        onNote("alpaca is silent: asking what closed meanwhile");
        askAll();
      }
      listen();
    }, client.options.streamIdleMs ?? 90_000);
    silence.unref();
  };
  let refusal: AlpacaRefusal | null = null;
  const onStop = (): void => wake();
  signal?.addEventListener("abort", onStop);
  try {
    stream.onBar((bar) => {
      listen();
      const { open, high, low, close, volume } = bar;
      const row = { closeTime: bar.timestamp.getTime() + MINUTE_MS, open, high, low, close, volume };
      if (symbols.includes(bar.symbol)) push({ symbol: bar.symbol, row });
    });
    stream.onConnect(() => {
      stream.subscribeForBars(symbols);
      askAll();
    });
    stream.onDisconnect(() => onNote("alpaca's stream ended: connecting again"));
    stream.onError((text) => onNote(`alpaca's stream: ${client.redact(text)}`));
    stream.connect();
    // never rejects; without a code it is the connection that ended, which is opened again
    void stream.whenAuthenticated().then(({ authenticated, code, message }) => {
      if (authenticated || code === undefined) return;
      refusal = new AlpacaRefusal(
        `the stream refused the keys (${client.redact(message)})`,
        "check APCA_API_KEY_ID and APCA_API_SECRET_KEY",
      );
      wake();
    });
    listen();
    while (!signal?.aborted) {
      if (refusal !== null) throw refusal;
      const happening = queue.shift();
      if (happening === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (queue.length > 0 || signal?.aborted || refusal !== null) resolve();
        });
        continue;
      }
      const { symbol, row } = happening;
      try {
        for await (const bars of closedSince(client, request, symbol, row, next.get(symbol)!)) {
          next.set(symbol, bars.closeTime[bars.length - 1]!);
          yield bars;
        }
      } catch (thrown) {
        if (!(thrown instanceof VenueUnreachable)) throw thrown;
        // what closed meanwhile is asked for again: a stream outlives an outage
        onNote(thrown.message);
        await client.calls.policy.sleep(client.calls.policy.longestWaitMs, signal);
        push({ symbol, row: null });
      }
    }
  } catch (thrown) {
    // what was asked for when the signal came is asked for no more
    if (!signal?.aborted) throw thrown;
  } finally {
    clearTimeout(silence);
    signal?.removeEventListener("abort", onStop);
    stream.disconnect();
  }
}

function openStream(client: AlpacaClient) {
  const { baseUrl, streamUrl = baseUrl?.replace(/^http/, "ws") } = client.options;
  const { policy } = client.calls;
  return client.api.marketData.stockStream({
    feed: client.feed,
    ...(streamUrl === undefined ? {} : { url: `${streamUrl.replace(/\/+$/, "")}/v2/${client.feed}` }),
    maxReconnectAttempts: -1,
    initialReconnectMs: policy.firstWaitMs,
    maxReconnectMs: policy.longestWaitMs,
    pingIntervalMs: Math.min(10_000, client.options.streamIdleMs ?? 10_000),
  });
}

/** What closed from `from` on and is not yielded yet: the minute at hand, or what REST says. */
async function* closedSince(
  client: AlpacaClient,
  request: StreamRequest,
  symbol: string,
  row: BarRow | null,
  from: number,
): AsyncGenerator<BarSeries> {
  const barMs = timeframeMs(request.timeframe);
  const start = row ? row.closeTime - MINUTE_MS : Number.NaN;
  // a repeated or late minute, or one outside regular hours
  if (row && (row.closeTime <= from || !calendarOf("nyse").isOpen(start))) return;
  if (row && barMs === MINUTE_MS && start === from) {
    yield venueBars([row], { source: "alpaca", symbol, after: from });
    return;
  }
  const until = row ? row.closeTime : floorToGrid(client.now(), MINUTE_MS);
  if (floorToGrid(until, barMs) <= from) return;
  if (row && until - from > DAY_MS) request.onNote?.(`${symbol}: bars since ${isoTime(from)} are asked for`);
  yield* stockBars(alpacaVenue(client), {
    symbol,
    timeframe: request.timeframe,
    since: from,
    until,
    ...(request.signal ? { signal: request.signal } : {}),
  });
}
