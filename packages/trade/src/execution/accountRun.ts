import { z } from "zod";
import { UsageError } from "../core/errors.ts";
import { fromFixed8, toFixed8 } from "../core/fixed.ts";
import type { OnProgress } from "../core/progress.ts";
import type { Panel } from "../market/bars.ts";
import type { RiskRule } from "../risk/index.ts";
import type { Strategy } from "../signals/index.ts";
import { SimulatedBroker } from "./brokers/simulatedBroker.ts";
import { costsSchema } from "./costs.ts";
import { equityDigest, ordersDigest } from "./digest.ts";
import { type InstrumentRules, instrumentRulesSchema } from "./instrumentRules.ts";
import { MemoryJournal } from "./journal.ts";
import { Ledger } from "./ledger.ts";
import type { Fill, Order } from "./order.ts";
import { assertOutOfSample, rangesTouch, type TimeRange } from "./outOfSample.ts";
import { runLoop } from "./runLoop.ts";
import { type Trade, tradesOf } from "./trades.ts";

/** How a backtest trades. The defaults are the seed's: fee 0.1 %, slippage 0.05 %, stop 2 %, target 5 %. */
export const simulationConfigSchema = z.strictObject({
  ...costsSchema.shape,
  /** loss from the entry fill price at which a position is closed; null for none */
  stop: z.number().positive().max(10).nullable().default(0.02),
  /** gain from the entry fill price at which a position is closed; null for none */
  target: z.number().positive().max(10).nullable().default(0.05),
  allowShort: z.boolean().default(false),
  /** part of the equity that a signal is worth */
  fraction: z.number().positive().max(1).default(1),
  /** quote currency */
  initialCash: z.number().positive().max(1e9).default(10_000),
  instrument: instrumentRulesSchema.prefault({}),
});
export type SimulationConfig = z.output<typeof simulationConfigSchema>;
export type SimulationConfigInput = z.input<typeof simulationConfigSchema>;

/** Everything that happened in a simulated run of an account. */
export interface AccountRun {
  readonly timeframeMs: number;
  readonly config: SimulationConfig;
  /** close times of the bars that were seen, ms UTC, and the equity at each, costs paid */
  readonly time: Float64Array;
  readonly equity: Float64Array;
  /** round trips that ended, the last ones by the end of the data perhaps */
  readonly trades: readonly Trade[];
  readonly orders: readonly Order[];
  readonly fills: readonly Fill[];
  /** quote currency */
  readonly finalEquity: number;
  readonly fees: number;
  readonly slippage: number;
  /** notional of all fills, both sides */
  readonly tradedNotional: number;
  readonly ordersSha256: string;
  readonly equitySha256: string;
  /** the run touches what its model learned from */
  readonly inSample: boolean;
  /** false: it was halted; what there is ends before the reason */
  readonly valid: boolean;
  readonly invalidReason: string | null;
  readonly warnings: readonly string[];
}

export interface AccountInput {
  /** sound bars on one clock, at least one row */
  readonly panel: Panel;
  readonly timeframeMs: number;
  readonly config?: SimulationConfigInput | undefined;
  readonly strategy: Strategy;
  readonly rules: readonly RiskRule[];
  /** how bars further apart than one bar are taken: missing data ("halt") or a market that was closed ("ride") */
  readonly onGap?: "halt" | "ride" | undefined;
  /** what the model learned from; a run that touches it is refused unless `inSample` */
  readonly trainingRange?: TimeRange | undefined;
  readonly inSample?: boolean | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly stop?: AbortSignal | undefined;
}

/**
 * Runs a strategy over a panel of checked bars through the one loop, on a simulated broker.
 * @throws RefusedError for a run in sample; the reason of `stop` when it is raised
 */
export async function runAccount(input: AccountInput): Promise<AccountRun> {
  const { panel, timeframeMs, strategy, rules, trainingRange, onProgress, onGap = "halt" } = input;
  const config = parseConfig(input.config);
  const instruments = panel.series.map((bars) => bars.instrument);
  const range = { from: panel.closeTime[0]!, to: panel.closeTime[panel.length - 1]! };
  if (trainingRange) assertOutOfSample(range, trainingRange, input.inSample ?? false);

  const initialCash = toFixed8(config.initialCash);
  const rulesOf = (): InstrumentRules => config.instrument;
  const broker = new SimulatedBroker({
    panel,
    timeframeMs,
    initialCash,
    costs: { feeBps: config.feeBps, slippageBps: config.slippageBps },
    rulesOf,
    onGap,
  });
  const ledger = new Ledger(initialCash, instruments);
  const journal = new MemoryJournal();
  const time = new Float64Array(panel.length);
  const equity = new Float64Array(panel.length);
  const every = Math.max(1, Math.floor(panel.length / 50));
  let row = 0;
  let lastOrder = 0;
  const { bars: seen, halt } = await runLoop(broker, strategy, rules, {
    ledger,
    journal,
    plan: {
      rulesOf,
      allowShort: config.allowShort,
      costReserve: (1 + config.feeBps / 1e4) * (1 + config.slippageBps / 1e4) - 1,
      nextOrderId: () => `o${++lastOrder}`,
    },
    ...(input.stop ? { stop: input.stop } : {}),
    observe(now, { equity: value }) {
      time[row] = now;
      equity[row] = value;
      row += 1;
      if (onProgress && row % every === 0) {
        onProgress({ stage: "backtest", done: row, total: panel.length, secondsLeft: null });
      }
    },
  });
  input.stop?.throwIfAborted();
  // what is held at the end of the data is closed after the last bar: its costs belong to that bar's equity
  if (seen > 0) equity[seen - 1] = ledger.equity;
  assertReconciled(broker, ledger);

  const books = ledger.books();
  const seenTime = time.subarray(0, seen);
  const seenEquity = equity.subarray(0, seen);
  const { orders, fills } = journal;
  return {
    timeframeMs,
    config,
    time: seenTime,
    equity: seenEquity,
    trades: tradesOf(fills),
    orders,
    fills,
    finalEquity: ledger.equity,
    fees: fromFixed8(books.fees),
    slippage: fromFixed8(books.slippage),
    tradedNotional: fromFixed8(books.traded),
    ordersSha256: ordersDigest(orders, fills),
    equitySha256: equityDigest(seenTime, seenEquity),
    inSample: trainingRange ? rangesTouch(range, trainingRange) : (input.inSample ?? false),
    valid: halt === null,
    invalidReason: halt?.reason ?? null,
    warnings: warningsOf(journal, ledger, halt !== null, config),
  };
}

export function parseConfig(input: SimulationConfigInput | undefined): SimulationConfig {
  const parsed = simulationConfigSchema.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new UsageError(`backtest${["", ...issue.path].join(".")}: ${issue.message}`);
}

function assertReconciled(broker: SimulatedBroker, ledger: Ledger): void {
  const account = broker.account();
  const isSame =
    account.cash === ledger.books().cash &&
    ledger.instruments.every(
      (name) =>
        (account.positions.find((p) => p.instrument === name)?.quantity ?? 0n) === ledger.quantityOf(name),
    );
  if (!isSame) throw new Error("the simulated broker and the ledger disagree about the account");
}

function warningsOf(
  journal: MemoryJournal,
  ledger: Ledger,
  isHalted: boolean,
  config: SimulationConfig,
): readonly string[] {
  const quantities = new Map(journal.orders.map((order) => [order.id, order.quantity]));
  const counts = new Map<string, number>();
  for (const entry of journal.entries) {
    // an open a tick above the close cuts an order of the whole equity by a step or two: no news
    const isNews = entry.type === "expired" && 100n * entry.quantity > (quantities.get(entry.orderId) ?? 0n);
    if (isNews) counts.set(entry.reason, (counts.get(entry.reason) ?? 0) + 1);
  }
  const warnings = [...counts].map(
    ([reason, n]) => `${n} order${n === 1 ? "" : "s"} not filled in full: ${reason}`,
  );
  if (isHalted && ledger.openPositions > 0) {
    warnings.push(
      "a position was open when the run was halted: it is valued at its last close, no trade is made up",
    );
  }
  if (ledger.openPositions === 0 && ledger.equity * config.fraction < config.instrument.minNotional) {
    warnings.push(
      `the account ends with ${ledger.equity.toFixed(2)}, too little for the smallest order ` +
        `(${config.instrument.minNotional}): later signals were not traded`,
    );
  }
  return warnings;
}
