import { sha256 } from "../../core/hash.ts";
import { networkInputs } from "../../features/index.ts";
import { rowsOf } from "../../models/multiTask/stackedRows.ts";
import { withoutHoles } from "../../models/sequence/featureMatrix.ts";
import { fitSignalNet } from "../../models/signalNet/fitSignalNet.ts";
import { SignalNet } from "../../models/signalNet/signalNet.ts";
import { timeSplit } from "../../models/validation/index.ts";
import { barStepMs, labelerOf } from "../dataset.ts";
import type { Recipe } from "../recipeSchema.ts";
import { trade } from "../tradingRun.ts";
import type { AuditData, AuditFill, AuditModel, AuditPipeline, FitOptions } from "./auditPipeline.ts";
import { type AuditSize, smallNetwork, smallSignalTraining } from "./smallTraining.ts";
import { windowedParts } from "./windowedParts.ts";

/** A recipe that trades one symbol by a signal, as functions. */
export function signalPipeline(recipe: Recipe, size: AuditSize): AuditPipeline {
  const parts = windowedParts(recipe);
  const { columns: names, window } = parts;
  const network = smallNetwork(recipe.model);
  return {
    ...parts,
    heads: [{ name: "class", horizonBars: labelerOf(recipe).horizonBars }],
    universe: "list",
    training: `${network.kind} of the recipe's window at a small size, one pass over at most ${size.windowsPerClass} windows a class${recipe.ensemble ? "; one network of the ensemble" : ""}`,
    membership: (bars, target) => new Uint8Array(bars.targets[target]!.length).fill(1),
    examples: (part) => withoutHoles(rowsOf(part, window), part.closeTime, window, barStepMs(recipe)),
    split: (rows) => timeSplit(rows, recipe.split, window),
    fit: (data, options) => fit(recipe, { network, names, size }, data, options),
    trade: (bars, signals) => fills(recipe, bars, signals),
  };
}

async function fit(
  recipe: Recipe,
  { network, names, size }: { network: Recipe["model"]; names: readonly string[]; size: AuditSize },
  { stack, train, validation }: AuditData,
  { seed, signal }: FitOptions,
): Promise<AuditModel> {
  const [classes, returns] = [stack.targets.class!, stack.targets.forwardReturn!];
  const fitted = await fitSignalNet(
    {
      network,
      training: smallSignalTraining(recipe.training, size, train, classes),
      scaling: recipe.scaling,
      selection: recipe.selection,
      metadata: {},
    },
    {
      features: { names, columns: stack.features, closeTime: stack.closeTime },
      classes,
      returns,
      history: stack,
      train,
      validation,
    },
    { seed, ...(signal ? { signal } : {}) },
  );
  signal?.throwIfAborted();
  const { manifest } = fitted;
  const net = await SignalNet.open(fitted.onnx, manifest);
  const forecast = (columns: readonly Float32Array[], rows: Int32Array) =>
    net.predict({ names, columns, closeTime: stack.closeTime }, rows, signal ? { signal } : {});
  return {
    sha256: sha256(fitted.onnx),
    inputs: (columns) => ({ names: manifest.scaler.names, columns: networkInputs(columns, manifest) }),
    async predict(columns, rows) {
      const { spread: _spread, ...said } = await forecast(columns, rows);
      return said;
    },
    async classify(columns, rows) {
      const { buy, hold, sell } = await forecast(columns, rows);
      const [b, h, s] = manifest.baseRates;
      return {
        class: Uint8Array.from(rows, (_, i) => largest([buy[i]! / b, hold[i]! / h, sell[i]! / s])),
      };
    },
    close: () => net.close(),
  };
}

function largest(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}

/** The recipe's sizer, risk rules and costs over the bars, through the one loop. */
async function fills(
  recipe: Recipe,
  bars: Parameters<NonNullable<AuditPipeline["trade"]>>[0],
  signals: Int8Array,
): Promise<AuditFill[]> {
  const run = await trade({ recipe, bars, decisions: { closeTime: bars.closeTime, signals } });
  const decided = new Map(run.orders.map((order) => [order.id, order.time]));
  return run.fills.map((fill) => ({
    decided: decided.get(fill.orderId) ?? null,
    kind: fill.kind === "order" ? "order" : fill.kind === "endOfData" ? "end" : "exit",
    time: fill.time,
    barTime: fill.barTime,
    price: Number(fill.referencePrice) / 1e8,
  }));
}
