import { decimal } from "../decimal.ts";
import { type Call, json, type Route } from "../dialect.ts";
import { seedOf } from "../fault.ts";
import { onGrid } from "../quote.ts";
import type { Tape } from "../tape.ts";
import { type BinanceExchange, marketOf } from "./exchange.ts";
import { stepsOf } from "./general.ts";
import { limitOf } from "./klines.ts";

/** Levels a side: recorded bars hold no book, so this one is invented, and not deeper. */
export const LEVELS = 100;
/** A level keeps its size for about so many updates. */
const LEVEL_LIFE = 7;

export type Level = readonly [price: string, quantity: string];

export interface Book {
  /** the number of the last update that is in it */
  readonly id: number;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/**
 * The book after the trade with running number `number` at `price`: the best prices lie one tick around it, LEVELS a side,
 * one tick apart; sizes come from the seed, the price and, slowly, the time. Differences of successive books are what the
 * depth stream tells, so that a snapshot and the updates after it agree.
 */
export function bookAt(exchange: BinanceExchange, tape: Tape, number: number, price: number): Book {
  const { tick, step } = stepsOf(exchange, tape);
  const middle = Math.round(price / tick);
  const level = (ticks: number): Level => [
    decimal(onGrid(ticks, tick)),
    decimal(onGrid(1 + sizeOf(exchange.world.seed, tape, ticks, number), step)),
  ];
  const side = (direction: 1 | -1): Level[] =>
    Array.from({ length: LEVELS }, (_, k) => middle + direction * (k + 1))
      .filter((ticks) => ticks > 0)
      .map(level);
  return { id: number + 1, bids: side(-1), asks: side(1) };
}

function sizeOf(seed: number, tape: Tape, ticks: number, number: number): number {
  const phase = seedOf(seed, tape.symbol, ticks) % LEVEL_LIFE;
  return seedOf(seed, tape.symbol, ticks, Math.floor((number + phase) / LEVEL_LIFE)) % 5000;
}

/** What must be told to turn `before` into `after`: a level that went has quantity 0. */
export function bookChanges(before: readonly Level[], after: readonly Level[]): Level[] {
  const old = new Map(before);
  const now = new Map(after);
  return [
    ...before.filter(([price]) => !now.has(price)).map(([price]): Level => [price, "0"]),
    ...after.filter(([price, quantity]) => old.get(price) !== quantity),
  ];
}

/** Order book: …/market-data-endpoints#order-book (spot), …/market-data/rest-api/Order-Book (futures). */
export function bookRoutes(exchange: BinanceExchange): Route[] {
  return [
    { method: "GET", path: /^\/(?:api\/v3|fapi\/v1)\/depth$/, handle: (call) => json(depth(exchange, call)) },
  ];
}

function depth(exchange: BinanceExchange, call: Call): object {
  const market = marketOf(call.path);
  const limit = limitOf(call, market === "spot" ? 5000 : 1000, market === "spot" ? 100 : 500);
  exchange.weigh(call, market === "spot" ? spotWeight(limit) : futuresWeight(limit));
  const tape = exchange.live(call);
  const last = tape.last(call.now);
  if (!last) return { lastUpdateId: 0, bids: [], asks: [] };
  const book = bookAt(exchange, tape, last.number, last.point.price);
  return {
    lastUpdateId: book.id,
    ...(market === "futures" ? { E: call.toldTime, T: last.point.time } : {}),
    bids: book.bids.slice(0, limit),
    asks: book.asks.slice(0, limit),
  };
}

const spotWeight = (limit: number): number =>
  limit <= 100 ? 5 : limit <= 500 ? 25 : limit <= 1000 ? 50 : 250;
const futuresWeight = (limit: number): number =>
  limit <= 50 ? 2 : limit <= 100 ? 5 : limit <= 500 ? 10 : 20;
