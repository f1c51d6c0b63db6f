import { DataError } from "../core/errors.ts";
import type { OnProgress } from "../core/progress.ts";
import { type BarSeries, singlePanel, sliceBars } from "../market/bars.ts";
import { type RiskRule, stopTarget } from "../risk/index.ts";
import { buyAndHold, fixedFraction, type Strategy, signalSeries, signalStrategy } from "../signals/index.ts";
import { type AccountRun, parseConfig, runAccount, type SimulationConfigInput } from "./accountRun.ts";
import { checkBars } from "./checkBars.ts";
import type { TimeRange } from "./outOfSample.ts";

export interface SimulationInput {
  readonly bars: BarSeries;
  readonly timeframeMs: number;
  readonly config?: SimulationConfigInput;
  /** what the model learned from; a run that touches it is refused unless `inSample` */
  readonly trainingRange?: TimeRange | undefined;
  readonly inSample?: boolean | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly stop?: AbortSignal | undefined;
}

export interface SignalSimulationInput extends SimulationInput {
  /** BUY 1, HOLD 0, SELL -1; one a bar, each known at that bar's close */
  readonly signals: Int8Array;
}

export interface StrategySimulationInput extends SimulationInput {
  readonly strategy: Strategy;
  readonly rules: readonly RiskRule[];
  /** how bars further apart than one bar are taken: missing data ("halt") or a market that was closed ("ride") */
  readonly onGap?: "halt" | "ride";
}

/** Everything that happened in a simulated run of one instrument. */
export interface Simulation extends AccountRun {
  readonly instrument: string;
  /** the bars that were seen (views, not copies) */
  readonly bars: BarSeries;
}

/**
 * Backtest on precomputed signals: fixed fraction of equity, stop and target at the broker.
 * @throws UsageError for a wrong configuration, DataError for bad bars or signals, RefusedError for a run in sample
 */
export async function simulateSignals(input: SignalSimulationInput): Promise<Simulation> {
  const config = parseConfig(input.config);
  const { bars, signals } = input;
  if (signals.length !== bars.length) {
    throw new DataError(`signals: ${signals.length} signals for ${bars.length} bars; give one signal a bar`);
  }
  const sizer = fixedFraction.create({ fraction: config.fraction, allowShort: config.allowShort });
  const hasExits = config.stop !== null || config.target !== null;
  return simulate({
    ...input,
    strategy: signalStrategy(bars.instrument, signalSeries(bars.closeTime, signals), sizer),
    rules: hasExits ? [stopTarget.create({ stop: config.stop, target: config.target })] : [],
  });
}

/**
 * Runs a strategy over recorded bars through the one loop, on a simulated broker. `stop`, `target` and `fraction` of
 * the configuration are the strategy's and the rules' business here.
 * @throws as `simulateSignals`; the reason of `stop` when it is raised
 */
export async function simulate(input: StrategySimulationInput): Promise<Simulation> {
  const { bars } = input;
  if (bars.length < 2) {
    throw new DataError(
      `${bars.instrument}: a backtest needs at least 2 bars, there are ${bars.length}; widen the range`,
    );
  }
  checkBars(bars, input.timeframeMs);
  const run = await runAccount({ ...input, panel: singlePanel(bars) });
  return { instrument: bars.instrument, bars: sliceBars(bars, 0, run.time.length), ...run };
}

/**
 * The baseline that decides nothing: all of the equity bought at the second bar's open (decided at the first close),
 * held over missing bars too, sold at the end; the same costs, no stop, no target.
 */
export function simulateBuyAndHold(input: SimulationInput): Promise<Simulation> {
  return simulate({
    ...input,
    config: { ...input.config, stop: null, target: null, fraction: 1, allowShort: false },
    strategy: buyAndHold(input.bars.instrument),
    rules: [],
    onGap: "ride",
  });
}
