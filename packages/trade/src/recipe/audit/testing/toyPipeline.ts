import { canonicalJson, sha256 } from "../../../core/hash.ts";
import { DAY_MS } from "../../../core/time.ts";
import { simulateSignals } from "../../../execution/index.ts";
import { fitInputs, networkInputs } from "../../../features/index.ts";
import { threeClass } from "../../../labels/threeClass.ts";
import type { BarSeries, Panel } from "../../../market/bars.ts";
import { alignPanel } from "../../../market/panel/alignPanel.ts";
import { calendarSplit } from "../../../models/multiTask/calendarSplit.ts";
import { rowsOf } from "../../../models/multiTask/stackedRows.ts";
import { tinyStock } from "../../testing/tinyStocks.ts";
import type { AuditBars, AuditData, AuditFill, AuditModel, AuditPipeline } from "../auditPipeline.ts";

export const WINDOW = 4;
export const HORIZON = 5;

/** Three made-up stocks beside an index, daily. */
export function toyBars(length = 700): AuditBars {
  return {
    targets: ["AAA", "BBB", "CCC"].map((symbol, i) => tinyStock(i + 1, symbol, length)),
    context: [tinyStock(4, "SPY", length)],
  };
}

/** Rows of the training part that a fit reads: the fault of a leaking one. */
export type RowsRead = (data: AuditData) => Int32Array;
export const trainingRows: RowsRead = ({ train }) => train;
/** Every row that has a value in all columns. */
export const allRows: RowsRead = ({ stack }) =>
  Int32Array.from(stack.closeTime.keys()).filter((row) =>
    stack.features.every((c) => Number.isFinite(c[row]!)),
  );

/**
 * Features, labels, split and trading as the recipes have them, over a model that costs nothing to fit: each row belongs to
 * the class of its nearest neighbour among some learned rows. A test replaces one function by one that looks ahead.
 */
export function toyPipeline(changes: Partial<AuditPipeline> = {}): AuditPipeline {
  const labeler = threeClass.create({
    horizonBars: HORIZON,
    threshold: { kind: "fixed", value: 0.01 },
    gaps: "allow",
  });
  return {
    recipe: "toy",
    columns: ["return1", "mean8", "indexReturn1"],
    lookback: 8,
    window: WINDOW,
    labels: labeler.columns,
    heads: [{ name: "class", horizonBars: HORIZON }],
    universe: "list",
    training: "nearest neighbour",
    panel: (bars, target) => alignPanel(bars.targets[target]!, bars.context, { barMs: DAY_MS }),
    features: (panel) => [...causal(panel), returnsOf(panel.series[1]!)],
    label: (panel) => labeler.label(panel),
    membership: (bars, target) => new Uint8Array(bars.targets[target]!.length).fill(1),
    examples: (part) => rowsOf(part, WINDOW),
    split: (rows) => calendarSplit(rows, { train: 0.6, validation: 0.2, test: 0.2, embargoBars: 6 }, WINDOW),
    fit: (data) => nearestNeighbour(data, {}),
    trade: tradeNextOpen,
    ...changes,
  };
}

function returnsOf({ close }: BarSeries): Float32Array {
  return Float32Array.from(close, (c, t) => (t > 0 ? c / close[t - 1]! - 1 : Number.NaN));
}

/** Return of one bar, and the distance to the mean of eight. */
export function causal({ series: [bars] }: Panel): Float32Array[] {
  const { close } = bars!;
  const mean8 = Float32Array.from(close, (c, t) =>
    t < 7 ? Number.NaN : (8 * c) / close.subarray(t - 7, t + 1).reduce((a, b) => a + b, 0) - 1,
  );
  return [returnsOf(bars!), mean8];
}

export interface Faults {
  /** rows that the scaler is fitted on */
  scaled?: RowsRead;
  /** rows that columns are selected on; all columns stay unless given */
  selected?: RowsRead;
  /** rows whose classes are learned */
  learned?: RowsRead;
}

export async function nearestNeighbour(data: AuditData, faults: Faults): Promise<AuditModel> {
  const { scaled = trainingRows, selected, learned = trainingRows } = faults;
  const { stack } = data;
  const names = stack.features.map((_, f) => `f${f}`);
  const labels = { class: stack.targets.class!, return: stack.targets.forwardReturn! };
  const chosen = selected
    ? await fitInputs(
        { scaling: { kind: "standard", clip: 8 }, selection: { kind: "pca", variance: 0.5 } },
        { names, columns: stack.features, rows: selected(data), labels },
      )
    : undefined;
  const inputs = await fitInputs(
    { scaling: { kind: "standard", clip: 8 }, selection: chosen?.selection },
    { names, columns: stack.features, rows: scaled(data), labels },
  );
  const own = networkInputs(stack.features, inputs);
  const memory = [...learned(data)].map((row) => ({
    at: own.map((column) => column[row]!),
    is: labels.class[row]!,
  }));
  const nearest = (at: readonly number[]): number => {
    let [found, least] = [0, Number.POSITIVE_INFINITY];
    for (const one of memory) {
      const distance = one.at.reduce((sum, x, i) => sum + (x - at[i]!) ** 2, 0);
      if (distance < least) [found, least] = [one.is, distance];
    }
    return found;
  };
  const said = (columns: readonly Float32Array[], rows: Int32Array): Float32Array => {
    const read = networkInputs(columns, inputs);
    return Float32Array.from(rows, (row) => nearest(read.map((column) => column[row]!)));
  };
  return {
    sha256: sha256(canonicalJson({ memory, inputs })),
    inputs: (columns) => ({ names: inputs.scaler.names, columns: networkInputs(columns, inputs) }),
    predict: async (columns, rows) => ({ class: said(columns, rows) }),
    classify: async (columns, rows) => ({ class: said(columns, rows) }),
    close: async () => {},
  };
}

/** The loop of all recipes on its simulated broker. */
async function tradeNextOpen(bars: BarSeries, signals: Int8Array): Promise<AuditFill[]> {
  const run = await simulateSignals({ bars, signals, timeframeMs: DAY_MS });
  const decided = new Map(run.orders.map((order) => [order.id, order.time]));
  return run.fills.map((fill) => ({
    decided: decided.get(fill.orderId) ?? null,
    kind: fill.kind === "order" ? "order" : fill.kind === "endOfData" ? "end" : "exit",
    time: fill.time,
    barTime: fill.barTime,
    price: Number(fill.referencePrice) / 1e8,
  }));
}
