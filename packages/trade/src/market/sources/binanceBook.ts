import { z } from "zod";
import { DataError, UsageError } from "../../core/errors.ts";
import type { BookLevel, OrderBook, Trade } from "../orderBook.ts";
import { numberOf } from "./binanceBars.ts";
import type { BinanceClient } from "./binanceClient.ts";
import { CutAnswer } from "./connectionFault.ts";

/** Depths that Binance answers to; futures has no 5000. */
const DEPTHS = [5, 10, 20, 50, 100, 500, 1000];
const MOST_TRADES = 1000;

const levelSchema = z.array(z.array(z.unknown()).min(2));
const bookSchema = z.object({ bids: levelSchema, asks: levelSchema, E: z.number().optional() });
const tradesSchema = z.array(
  z.object({
    id: z.union([z.number(), z.string()]),
    price: z.unknown(),
    qty: z.unknown(),
    time: z.number(),
    isBuyerMaker: z.boolean(),
  }),
);

/**
 * The best levels of both sides now. Spot says no time with its book: the exchange's clock, asked just before, stands for it.
 * @throws DataError for a book that is crossed or out of order
 */
export async function binanceBook(
  client: BinanceClient,
  text: string,
  levels: number,
  signal?: AbortSignal,
): Promise<OrderBook> {
  const limit = DEPTHS.find((depth) => depth >= levels);
  if (!Number.isInteger(levels) || levels < 1 || limit === undefined) {
    throw new UsageError(`${levels} levels of a book cannot be had: choose 1 to ${DEPTHS.at(-1)}`);
  }
  const instrument = await client.symbol(text, { signal });
  const asked = { signal, what: `the order book of ${instrument}` };
  const asOf = client.market === "spot" ? await client.now({ signal }) : null;
  const book = await client.call(asked, async () => {
    const query = { symbol: instrument, limit };
    const { exchange } = client;
    const answer: unknown =
      client.market === "spot"
        ? await exchange.publicGetDepth(query)
        : await exchange.fapiPublicGetDepth(query);
    const parsed = bookSchema.safeParse(answer);
    if (parsed.success) return parsed.data;
    throw new CutAnswer("the answer is no order book");
  });
  const side = (rows: readonly (readonly unknown[])[]): BookLevel[] =>
    rows.slice(0, levels).map(([price, quantity]) => [numberOf(price), numberOf(quantity)]);
  const time = asOf ?? book.E ?? (await client.now({ signal }));
  const snapshot = { instrument, time, bids: side(book.bids), asks: side(book.asks) };
  const fault = bookFault(snapshot);
  if (fault) throw new DataError(`${client.name} gave an order book of ${instrument} that is none: ${fault}`);
  return snapshot;
}

/** Why this cannot be a book, or null: prices positive and ordered from the best on, the best bid below the best ask. */
function bookFault({ bids, asks }: OrderBook): string | null {
  for (const [side, sign] of [[bids, -1] as const, [asks, 1] as const]) {
    let before = Number.NEGATIVE_INFINITY;
    for (const [price, quantity] of side) {
      if (!(price > 0 && price < Infinity && quantity > 0 && quantity < Infinity)) {
        return `a level of ${quantity} at ${price}`;
      }
      if (!(sign * price > before)) return `${price} is out of order`;
      before = sign * price;
    }
  }
  const [bid, ask] = [bids[0]?.[0], asks[0]?.[0]];
  return bid !== undefined && ask !== undefined && bid >= ask ? `bid ${bid} is not below ask ${ask}` : null;
}

/** The newest trades, oldest first. */
export async function binanceTrades(
  client: BinanceClient,
  text: string,
  limit: number,
  signal?: AbortSignal,
): Promise<readonly Trade[]> {
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_TRADES) {
    throw new UsageError(`${limit} trades cannot be had: choose 1 to ${MOST_TRADES}`);
  }
  const instrument = await client.symbol(text, { signal });
  const rows = await client.call({ signal, what: `trades of ${instrument}` }, async () => {
    const query = { symbol: instrument, limit };
    const { exchange } = client;
    const answer: unknown =
      client.market === "spot"
        ? await exchange.publicGetTrades(query)
        : await exchange.fapiPublicGetTrades(query);
    const parsed = tradesSchema.safeParse(answer);
    if (parsed.success) return parsed.data;
    throw new CutAnswer("the answer is no list of trades");
  });
  let before = Number.NEGATIVE_INFINITY;
  return rows.map(({ id, time, isBuyerMaker, ...row }): Trade => {
    const [price, quantity] = [numberOf(row.price), numberOf(row.qty)];
    if (!(price > 0 && price < Infinity && quantity > 0 && quantity < Infinity && time >= before)) {
      throw new DataError(
        `${client.name} gave a trade of ${instrument} that is none: ${quantity} at ${price}, time ${time}`,
      );
    }
    before = time;
    return { id: String(id), instrument, time, price, quantity, side: isBuyerMaker ? "sell" : "buy" };
  });
}
