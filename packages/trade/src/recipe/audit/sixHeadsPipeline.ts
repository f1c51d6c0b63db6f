import { sha256 } from "../../core/hash.ts";
import { networkInputs } from "../../features/index.ts";
import { SIGNALS } from "../../labels/index.ts";
import { calendarSplit } from "../../models/multiTask/calendarSplit.ts";
import { fitMultiTaskNet } from "../../models/multiTask/fitMultiTaskNet.ts";
import { MultiTaskNet } from "../../models/multiTask/multiTaskNet.ts";
import { rowsOf } from "../../models/multiTask/stackedRows.ts";
import type { MultiTaskRecipe } from "../recipeSchema.ts";
import { knownWhileMember } from "../recipeUniverse.ts";
import { outcomesOf, sixHorizons } from "../sixOutcomes.ts";
import type { AuditData, AuditModel, AuditPipeline, FitOptions } from "./auditPipeline.ts";
import { type AuditSize, smallMultiTaskTraining, smallNetwork } from "./smallTraining.ts";
import { windowedParts } from "./windowedParts.ts";

/** A recipe of six heads over many symbols, as functions. It trades nothing by itself. */
export function sixHeadsPipeline(recipe: MultiTaskRecipe, size: AuditSize): AuditPipeline {
  const parts = windowedParts(recipe);
  const { columns: names, window } = parts;
  const horizons = sixHorizons(recipe);
  const { periods } = recipe.universe;
  const network = smallNetwork(recipe.model);
  return {
    ...parts,
    heads: [
      { name: "direction", horizonBars: horizons.direction },
      { name: "position", horizonBars: horizons.longest },
    ],
    universe: periods ? "periods" : "list",
    training: `${network.kind} of the recipe's window at a small size, one pass over at most ${2 * size.windowsPerClass} windows`,
    membership(bars, target) {
      const { closeTime, instrument } = bars.targets[target]!;
      const known = knownWhileMember(closeTime, closeTime, periods?.[instrument]);
      return Uint8Array.from(known, (time) => (Number.isFinite(time) ? 1 : 0));
    },
    examples: (part) => rowsOf(part, window),
    split: (rows) => calendarSplit(rows, recipe.split, window),
    fit: (data, options) => fit(recipe, { network, names, size }, data, options),
  };
}

async function fit(
  recipe: MultiTaskRecipe,
  { network, names, size }: { network: MultiTaskRecipe["model"]; names: readonly string[]; size: AuditSize },
  data: AuditData,
  { seed, signal }: FitOptions,
): Promise<AuditModel> {
  const { stack } = data;
  const horizons = sixHorizons(recipe);
  const fitted = await fitMultiTaskNet(
    {
      network,
      training: smallMultiTaskTraining(recipe.training, size, data.train.length),
      scaling: recipe.scaling,
      selection: recipe.selection,
      metadata: {},
    },
    { ...data, names, outcomes: outcomesOf(stack.targets, horizons) },
    { seed, ...(signal ? { signal } : {}) },
  );
  const { manifest } = fitted;
  const net = await MultiTaskNet.open(fitted.onnx, manifest);
  const forecast = (columns: readonly Float32Array[], rows: Int32Array) =>
    net.predict(names, columns, rows, signal ? { signal } : {});
  return {
    sha256: sha256(fitted.onnx),
    inputs: (columns) => ({ names: manifest.scaler.names, columns: networkInputs(columns, manifest) }),
    async predict(columns, rows) {
      const { returns, direction, position, volatility, confidence, risk } = await forecast(columns, rows);
      const classOf = (all: Float32Array, c: number) => Float32Array.from(rows, (_, i) => all[3 * i + c]!);
      return {
        ...Object.fromEntries(returns.map((column, i) => [`return${horizons.returns[i]}`, column])),
        ...Object.fromEntries(SIGNALS.map((name, c) => [`direction ${name}`, classOf(direction, c)])),
        ...Object.fromEntries(SIGNALS.map((name, c) => [`position ${name}`, classOf(position, c)])),
        volatility,
        confidence,
        risk,
      };
    },
    async classify(columns, rows) {
      const { directionSaid, positionSaid } = await forecast(columns, rows);
      return { direction: directionSaid, position: positionSaid };
    },
    close: () => net.close(),
  };
}
