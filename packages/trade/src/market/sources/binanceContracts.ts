import { z } from "zod";
import { DataError, UsageError } from "../../core/errors.ts";
import { DAY_MS, HOUR_MS, isoTime, timeframeMs } from "../../core/time.ts";
import type { FundingSeries } from "../funding.ts";
import type { OpenInterestSeries } from "../openInterest.ts";
import { floorToGrid, isOnGrid } from "../timeGrid.ts";
import { numberOf } from "./binanceBars.ts";
import type { BinanceClient } from "./binanceClient.ts";
import { CutAnswer } from "./connectionFault.ts";
import { FetchProgress } from "./fetchProgress.ts";
import type { FetchRequest, HistoryRequest } from "./source.ts";

const FUNDING_PAGE = 1000;
const FUNDING_MS = 8 * HOUR_MS;
/** Binance stamps fundings some ms to seconds after the hour that they belong to. */
const FUNDING_LATENESS_MS = 60_000;
const INTEREST_PAGE = 500;
/** Binance gives open interest of the last 30 days; an hour less, since the clock goes on while it is asked. */
const INTEREST_KEPT_MS = 30 * DAY_MS - HOUR_MS;
const INTEREST_STEPS = ["5m", "15m", "30m", "1h", "2h", "4h", "6h", "12h", "1d"];

const fundingSchema = z.array(z.object({ fundingTime: z.unknown(), fundingRate: z.unknown() }));
const interestSchema = z.array(
  z.object({ timestamp: z.unknown(), sumOpenInterest: z.unknown(), sumOpenInterestValue: z.unknown() }),
);

/** Fundings in pages; times on the full hour. */
export async function* binanceFunding(
  client: BinanceClient,
  request: HistoryRequest,
): AsyncGenerator<FundingSeries> {
  const progress = new FetchProgress(`${request.symbol} funding`, request.onProgress, client.clock);
  const asked = { signal: request.signal, onWait: progress.waiting };
  const symbol = await client.symbol(request.symbol, asked);
  const until = Math.min(request.until ?? Number.POSITIVE_INFINITY, await client.now(asked));
  progress.expect(request.since, until, FUNDING_MS);
  let before = Number.NEGATIVE_INFINITY;
  for (let next = request.since; next <= until; ) {
    const rows = await client.call({ ...asked, what: `funding of ${symbol}` }, async () =>
      checked(
        fundingSchema,
        await client.exchange.fapiPublicGetFundingRate({
          symbol,
          startTime: next,
          endTime: until + FUNDING_LATENESS_MS,
          limit: FUNDING_PAGE,
        }),
      ),
    );
    const times: number[] = [];
    const rates: number[] = [];
    for (const row of rows) {
      const stamped = numberOf(row.fundingTime);
      const time = Math.round(stamped / HOUR_MS) * HOUR_MS;
      const rate = numberOf(row.fundingRate);
      if (!(Math.abs(stamped - time) <= FUNDING_LATENESS_MS) || !Number.isFinite(rate)) {
        throw new DataError(
          `${client.name} gave a funding of ${symbol} that is none: ${JSON.stringify(row)}`,
        );
      }
      // two stamps of one hour are one funding, told twice
      if (time > before && time >= request.since && time <= until) {
        times.push(time);
        rates.push(rate);
        before = time;
      }
      next = Math.max(next, stamped + 1);
    }
    if (times.length > 0) {
      progress.reached(before);
      yield {
        instrument: symbol,
        length: times.length,
        time: Float64Array.from(times),
        rate: Float64Array.from(rates),
      };
    }
    if (rows.length < FUNDING_PAGE) break;
    request.signal?.throwIfAborted();
  }
}

/** Open interest in pages, one row a step; the venue forgets what is older than 30 days. */
export async function* binanceOpenInterest(
  client: BinanceClient,
  request: FetchRequest,
): AsyncGenerator<OpenInterestSeries> {
  const stepMs = timeframeMs(request.timeframe);
  const period = INTEREST_STEPS.find((name) => timeframeMs(name) === stepMs);
  if (period === undefined) {
    throw new UsageError(
      `${client.name} has no open interest each ${request.timeframe}: choose one of ${INTEREST_STEPS.join(", ")}`,
    );
  }
  const what = `${request.symbol} ${period} open interest`;
  const progress = new FetchProgress(what, request.onProgress, client.clock);
  const asked = { signal: request.signal, onWait: progress.waiting };
  const symbol = await client.symbol(request.symbol, asked);
  const now = await client.now(asked);
  const until = Math.min(request.until ?? now, now);
  const since = Math.max(request.since, now - INTEREST_KEPT_MS);
  const first = floorToGrid(since + stepMs - 1, stepMs);
  progress.expect(first, floorToGrid(until, stepMs) + stepMs, stepMs);
  if (since > request.since) progress.note(`${client.name} keeps 30 days: from ${isoTime(first)} on`);
  // the venue gives the newest rows of a window: windows of one page each come oldest first
  for (let next = first; next <= until; next += INTEREST_PAGE * stepMs) {
    request.signal?.throwIfAborted();
    const endTime = Math.min(next + (INTEREST_PAGE - 1) * stepMs, until);
    const rows = await client.call({ ...asked, what }, async () =>
      checked(
        interestSchema,
        await client.exchange.fapiDataGetOpenInterestHist({
          symbol,
          period,
          startTime: next,
          endTime,
          limit: INTEREST_PAGE,
        }),
      ),
    );
    const series = toOpenInterest(client.name, symbol, stepMs, rows, { from: next, to: endTime });
    progress.reached(endTime);
    if (series.length > 0) yield series;
  }
}

function toOpenInterest(
  source: string,
  instrument: string,
  stepMs: number,
  rows: z.output<typeof interestSchema>,
  within: { readonly from: number; readonly to: number },
): OpenInterestSeries {
  const kept = rows
    .map((row) => ({
      time: numberOf(row.timestamp),
      contracts: numberOf(row.sumOpenInterest),
      value: numberOf(row.sumOpenInterestValue),
    }))
    .filter(({ time }) => !(time < within.from || time > within.to));
  let before = Number.NEGATIVE_INFINITY;
  for (const { time, contracts, value } of kept) {
    const isSound = contracts >= 0 && contracts < Infinity && value >= 0 && value < Infinity;
    if (!isSound || !(time > before) || !isOnGrid(time, stepMs)) {
      throw new DataError(
        `${source} gave an open interest of ${instrument} that is none: ${JSON.stringify({ time, contracts, value })}`,
      );
    }
    before = time;
  }
  const column = (name: "time" | "contracts" | "value"): Float64Array =>
    Float64Array.from(kept, (row) => row[name]);
  return {
    instrument,
    length: kept.length,
    time: column("time"),
    contracts: column("contracts"),
    value: column("value"),
  };
}

function checked<S extends z.ZodType>(schema: S, answer: unknown): z.output<S> {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new CutAnswer("the answer is no list of what was asked for");
}
