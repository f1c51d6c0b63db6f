import { setImmediate } from "node:timers/promises";
import type { Panel } from "../market/bars.ts";
import type { RiskRule } from "../risk/riskRule.ts";
import type { Strategy, Target, View } from "../signals/strategy.ts";
import type { BarsEvent, HaltEvent, TradingEvent } from "./events.ts";
import { History } from "./history.ts";
import type { Journal } from "./journal.ts";
import type { Ledger } from "./ledger.ts";
import type { Order } from "./order.ts";
import { type PlanOptions, plan } from "./plan.ts";
import type { Ports } from "./ports.ts";

export interface LoopOptions {
  readonly ledger: Ledger;
  readonly journal: Journal;
  readonly plan: PlanOptions;
  readonly stop?: AbortSignal;
  /** called at every bar, after its fills and its prices are in the ledger and before the decision */
  observe?(time: number, ledger: Ledger): void;
}

export interface LoopEnd {
  /** bars seen */
  readonly bars: number;
  /** why it ended before its events did; null when it did not */
  readonly halt: HaltEvent | null;
}

/** Events between two pauses in which the process may answer others: about a tenth of a second of a backtest. */
const BREATH = 65_536;
const NOTHING: readonly Target[] = [];
const NO_ORDERS: readonly Order[] = [];

/**
 * The loop of backtest, paper and live: fills and prices into the ledger, decision, risk rules, orders, journal,
 * broker. A step waits only where the strategy, the journal or the broker gave a promise, so that a backtest on
 * precomputed signals runs through without waiting, by the same steps.
 * Ends with the events, at a halt, or when `stop` is raised.
 */
export async function runLoop(
  ports: Ports,
  strategy: Strategy,
  rules: readonly RiskRule[],
  options: LoopOptions,
): Promise<LoopEnd> {
  const { ledger, journal, observe } = options;
  const stop = options.stop ?? new AbortController().signal;
  const history = new History(ledger.instruments, strategy.lookback);
  const view = new LoopView(ledger, history);
  let bars = 0;
  let halt: HaltEvent | null = null;
  // One step is under way at a time; its state lives here so that a bar without news allocates nothing.
  let current: BarsEvent;
  let orders: readonly Order[] = NO_ORDERS;

  const send = (): Promise<void> | undefined =>
    orders.length === 0 ? undefined : ports.broker.submit(orders);
  const settle = (wanted: readonly Target[]): Promise<void> | undefined => {
    let allowed = wanted;
    for (let i = 0; i < rules.length; i++) allowed = rules[i]!.apply(allowed, view);
    orders = plan(allowed, ledger, current.time, options.plan);
    const written = journal.write(current, allowed, orders);
    return written ? written.then(send) : send();
  };
  const step = (event: TradingEvent): Promise<void> | undefined => {
    ledger.apply(event);
    if (event.type !== "bars") {
      if (event.type === "halt") halt = event;
      return journal.write(event, NOTHING, NO_ORDERS);
    }
    bars += 1;
    current = event;
    history.append(event);
    view.now = event.time;
    observe?.(event.time, ledger);
    const wanted = strategy.decide(view);
    return wanted instanceof Promise ? wanted.then(settle) : settle(wanted);
  };

  const source = ports.events(stop);
  if (Symbol.iterator in source) {
    let untilBreath = BREATH;
    for (const event of source) {
      const waiting = step(event);
      if (waiting) await waiting;
      if (halt || stop.aborted) break;
      if (--untilBreath === 0) {
        untilBreath = BREATH;
        await setImmediate();
      }
    }
  } else {
    for await (const event of source) {
      const waiting = step(event);
      if (waiting) await waiting;
      if (halt || stop.aborted) break;
    }
  }
  return { bars, halt };
}

/** One view for the whole run; the panel is made when a strategy asks for it. */
class LoopView implements View {
  now = Number.NaN;
  readonly portfolio: Ledger;
  readonly #history: History;
  constructor(ledger: Ledger, history: History) {
    this.portfolio = ledger;
    this.#history = history;
  }
  get panel(): Panel {
    return this.#history.tail();
  }
}
