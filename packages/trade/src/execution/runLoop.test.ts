import { describe, expect, it } from "vitest";
import { toFixed8 } from "../core/fixed.ts";
import { canonicalJson } from "../core/hash.ts";
import { seededRandom } from "../core/random.ts";
import { allocateBars, type BarSeries, singlePanel } from "../market/bars.ts";
import { stopTarget } from "../risk/index.ts";
import type { Strategy, Target } from "../signals/index.ts";
import { SimulatedBroker } from "./brokers/simulatedBroker.ts";
import type { TradingEvent } from "./events.ts";
import { instrumentRulesSchema } from "./instrumentRules.ts";
import { type Journal, MemoryJournal } from "./journal.ts";
import { Ledger } from "./ledger.ts";
import type { Ports } from "./ports.ts";
import { runLoop } from "./runLoop.ts";

const MINUTE = 60_000;
const rules = instrumentRulesSchema.parse({});

function walk(length: number): BarSeries {
  const random = seededRandom(6);
  const bars = allocateBars("BTC", length);
  let price = 100;
  for (let i = 0; i < length; i++) {
    bars.closeTime[i] = (i + 1) * MINUTE;
    bars.open[i] = price;
    price *= 1 + 0.02 * (random.next() - 0.5);
    bars.close[i] = price;
    bars.high[i] = Math.max(bars.open[i]!, price);
    bars.low[i] = Math.min(bars.open[i]!, price);
  }
  return bars;
}

/** Buys above the mean of the last bars, leaves below: reads the panel, so that history is exercised. */
function trend(lookback: number, seen: number[][] = []): Strategy {
  return {
    lookback,
    decide({ panel }) {
      const close = panel.series[0]!.close;
      seen.push([...close]);
      const mean = close.reduce((sum, value) => sum + value, 0) / close.length;
      return [{ instrument: "BTC", weight: close[close.length - 1]! > mean ? 1 : 0, reason: "trend" }];
    },
  };
}

function setUp(bars: BarSeries) {
  const cash = toFixed8(10_000);
  const broker = new SimulatedBroker({
    panel: singlePanel(bars),
    timeframeMs: MINUTE,
    initialCash: cash,
    costs: { feeBps: 10, slippageBps: 5 },
    rulesOf: () => rules,
  });
  let id = 0;
  const plan = {
    rulesOf: () => rules,
    allowShort: false,
    costReserve: 0.0015,
    nextOrderId: () => `o${++id}`,
  };
  return { broker, ledger: new Ledger(cash, ["BTC"]), journal: new MemoryJournal(), plan };
}

const text = (journal: MemoryJournal): string =>
  canonicalJson(JSON.parse(JSON.stringify(journal.entries, (_k, v) => (typeof v === "bigint" ? `${v}` : v))));

describe("the loop", () => {
  const bars = walk(3000);
  const guard = [stopTarget.create({ stop: 0.02, target: 0.05 })];

  it("shows a strategy the closed bars up to now, no more than it asked for", async () => {
    const seen: number[][] = [];
    const { broker, ...options } = setUp(bars);
    await runLoop(broker, trend(20, seen), [], options);
    expect(seen).toHaveLength(3000);
    for (const row of [0, 5, 19, 20, 1023, 1024, 1025, 2999]) {
      expect(seen[row]).toEqual([...bars.close.subarray(Math.max(0, row - 19), row + 1)]);
    }
  });

  it("writes the same journal when source, strategy, journal and broker all make it wait", async () => {
    const plain = setUp(bars);
    await runLoop(plain.broker, trend(20), guard, plain);
    const slow = setUp(bars);
    const later = trend(20);
    const ports: Ports = {
      broker: {
        submit: async (orders) => slow.broker.submit(orders),
        cancel: async (ids) => slow.broker.cancel(ids),
        account: async () => slow.broker.account(),
        close: async () => slow.broker.close(),
      },
      async *events(stop): AsyncIterable<TradingEvent> {
        for (const event of slow.broker.events(stop)) {
          await Promise.resolve();
          yield event;
        }
      },
    };
    const journal: Journal = {
      async write(event, targets, orders) {
        await Promise.resolve();
        slow.journal.write(event, targets, orders);
      },
    };
    const strategy: Strategy = {
      lookback: 20,
      decide: async (view): Promise<readonly Target[]> => later.decide(view),
    };
    const end = await runLoop(ports, strategy, guard, { ...slow, journal });
    expect(end).toEqual({ bars: 3000, halt: null });
    expect(plain.journal.fills.length).toBeGreaterThan(50);
    expect(text(slow.journal)).toBe(text(plain.journal));
  });

  it("has the decision in the journal before its orders leave", async () => {
    const { broker, journal, ...options } = setUp(bars);
    let unwritten = 0;
    const watched: Ports = {
      broker: {
        submit(orders) {
          const last = journal.entries.at(-1);
          if (last?.type !== "decision" || last.orders !== orders) unwritten += 1;
          return broker.submit(orders);
        },
        cancel: (ids) => broker.cancel(ids),
        account: () => broker.account(),
        close: () => broker.close(),
      },
      events: (stop) => broker.events(stop),
    };
    const slow: Journal = {
      async write(event, targets, orders) {
        await Promise.resolve();
        journal.write(event, targets, orders);
      },
    };
    await runLoop(watched, trend(20), [], { ...options, journal: slow });
    expect(journal.orders.length).toBeGreaterThan(50);
    expect(unwritten).toBe(0);
  });

  it("ends when it is stopped, and leaves broker and ledger agreed", async () => {
    const { broker, ledger, ...options } = setUp(bars);
    const stopping = new AbortController();
    let count = 0;
    const end = await runLoop(broker, trend(20), [], {
      ...options,
      ledger,
      stop: stopping.signal,
      observe: () => {
        if (++count === 500) stopping.abort();
      },
    });
    expect(end.bars).toBe(500);
    expect(broker.account().cash).toBe(ledger.books().cash);
  });

  it("lets the process breathe during a long run", async () => {
    const { broker, ...options } = setUp(walk(140_000));
    let ticks = 0;
    const tick = (): void => {
      ticks += 1;
      timer = setImmediate(tick);
    };
    let timer = setImmediate(tick);
    await runLoop(broker, { lookback: 0, decide: () => [] }, [], options);
    clearImmediate(timer);
    expect(ticks).toBeGreaterThanOrEqual(2);
  });
});
