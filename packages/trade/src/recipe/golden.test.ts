import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { sha256 } from "../core/hash.ts";
import { isoTime, timeframeMs } from "../core/time.ts";
import { summarise } from "../report/index.ts";
import { decideSignals } from "../signals/index.ts";
import { barsSha256, readBarFile, samplePath } from "../store/index.ts";
import { barsBetween, chooseDecision } from "./chooseDecision.ts";
import { decodeForecast } from "./forecastFile.ts";
import { probabilitiesOf, type TimedForecast } from "./forecastRows.ts";
import { applyProfile, loadRecipe, signalRecipe } from "./loadRecipe.ts";
import { trade } from "./tradingRun.ts";

/*
 * What a recipe's signals earn on the sample bars, from kept forecasts of a network that was trained once: the same on
 * every machine, whatever its floating-point kernels make of a training. A change needs a sentence in the commit.
 *
 * To make the files anew (NAME is orionquant or orionquant-1h):
 *   ./orion train --recipe NAME --profile quick --workspace /tmp/golden --json
 *   ORION_GOLDEN=NAME ORION_GOLDEN_MODEL=/tmp/golden/models/ID npx vitest run packages/trade/src/recipe/golden.test.ts
 */
const folder = fileURLToPath(new URL("../../../../recipes/golden/", import.meta.url));

interface Golden {
  about: string;
  model: { id: string; dataSha256: string };
  forecastSha256: string;
  /** close times of the decisions: runs of [first, count] one decision apart */
  validation: { from: string; to: string };
  test: { from: string; to: string };
  times: [string, number][];
  results?: Awaited<ReturnType<typeof resultsOf>>;
}

describe.each(["orionquant", "orionquant-1h"])("%s", (name) => {
  const jsonFile = `${folder}${name}.json`;
  const forecastFile = `${folder}${name}.forecast.bin`;

  test("kept forecasts give the kept thresholds, orders, equity and metrics", async () => {
    if (process.env["ORION_GOLDEN"] === name) await renew(name, jsonFile, forecastFile);
    const golden = JSON.parse(await readFile(jsonFile, "utf8")) as Golden;
    const bytes = new Uint8Array(await readFile(forecastFile));
    expect(bytes.byteLength).toBeLessThanOrEqual(60_000);
    expect(sha256(bytes)).toBe(golden.forecastSha256);
    const results = await resultsOf(name, golden, bytes);
    const { metrics, baselines, ...exact } = golden.results!;
    expect(results).toMatchObject(exact);
    expectSame(results.metrics, metrics);
    expectSame(results.baselines, baselines);
    expect(results.metrics.trades).toBeGreaterThanOrEqual(30);
  });
});

function expectSame(actual: object | null, wanted: object | null): void {
  expect(Object.keys(actual ?? {})).toEqual(Object.keys(wanted ?? {}));
  for (const [key, value] of Object.entries(wanted ?? {})) {
    const found = (actual as Record<string, unknown>)[key];
    if (typeof value !== "number") {
      if (value !== null && typeof value === "object") expectSame(found as object, value);
      else expect(found, key).toBe(value);
    } else
      expect(Math.abs((found as number) - value), key).toBeLessThanOrEqual(
        1e-9 * Math.max(1, Math.abs(value)),
      );
  }
}

async function recipeOf(name: string) {
  return signalRecipe(applyProfile(await loadRecipe(name), "quick"), "a golden run");
}

/** Thresholds from the validation rows, and what they earn over the test rows. */
async function resultsOf(name: string, golden: Golden, bytes: Uint8Array) {
  const recipe = await recipeOf(name);
  const { bars } = await readBarFile(samplePath(), "bars");
  const stepMs = timeframeMs(recipe.universe.timeframe) * recipe.decision.everyBars;
  const all = decoded(golden, bytes, stepMs);
  const range = (part: { from: string; to: string }) => ({
    from: Date.parse(part.from),
    to: Date.parse(part.to),
  });
  const [validation, test] = [range(golden.validation), range(golden.test)];
  const choice = await chooseDecision(recipe, barsBetween(bars, validation), between(all, validation));
  const tested = between(all, test);
  const simulation = await trade({
    recipe,
    bars: barsBetween(bars, test),
    decisions: {
      closeTime: tested.closeTime,
      signals: decideSignals(probabilitiesOf(tested), choice.thresholds),
    },
  });
  const summary = await summarise(simulation, { seed: recipe.seed });
  const { randomEntry, buyAndHold } = summary.baselines;
  return {
    dataSha256: barsSha256(bars),
    thresholds: choice.thresholds,
    note: choice.note,
    ordersSha256: simulation.ordersSha256,
    equitySha256: simulation.equitySha256,
    metrics: summary.metrics,
    baselines: { buyAndHold: buyAndHold?.metrics ?? null, randomEntry: randomEntry?.totalReturn ?? null },
  };
}

function between(f: TimedForecast, { from, to }: { from: number; to: number }): TimedForecast {
  const first = f.closeTime.findIndex((t) => t >= from);
  const end = f.closeTime.findLastIndex((t) => t <= to) + 1;
  const cut = (column: Float32Array): Float32Array => column.subarray(first, end);
  return {
    closeTime: f.closeTime.subarray(first, end),
    buy: cut(f.buy),
    hold: cut(f.hold),
    sell: cut(f.sell),
    return: cut(f.return),
  };
}

/** P(BUY) and P(SELL) as float32, little-endian, one column after the other; HOLD is what they leave. */
function decoded(golden: Golden, bytes: Uint8Array, stepMs: number): TimedForecast {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const n = bytes.byteLength / 8;
  const column = (c: number) =>
    Float32Array.from({ length: n }, (_, i) => view.getFloat32(4 * (c * n + i), true));
  const [buy, sell] = [column(0), column(1)];
  const closeTime = golden.times.flatMap(([first, count]) =>
    Array.from({ length: count }, (_, i) => Date.parse(first) + i * stepMs),
  );
  expect(closeTime).toHaveLength(n);
  return {
    closeTime: Float64Array.from(closeTime),
    buy,
    hold: buy.map((p, i) => 1 - p - sell[i]!),
    sell,
    return: new Float32Array(n),
  };
}

async function renew(name: string, jsonFile: string, forecastFile: string): Promise<void> {
  const model = process.env["ORION_GOLDEN_MODEL"]!;
  const manifest = JSON.parse(await readFile(join(model, "manifest.json"), "utf8"));
  const recipe = await recipeOf(name);
  expect(manifest.recipe).toEqual(recipe);
  const forecast = decodeForecast(await readFile(join(model, "forecasts.bin")));
  const n = forecast.closeTime.length;
  const view = new DataView(new ArrayBuffer(8 * n));
  [forecast.buy, forecast.sell].forEach((values, c) => {
    values.forEach((value, i) => {
      view.setFloat32(4 * (c * n + i), value, true);
    });
  });
  const bytes = new Uint8Array(view.buffer);
  const stepMs = timeframeMs(recipe.universe.timeframe) * recipe.decision.everyBars;
  const times: [string, number][] = [];
  forecast.closeTime.forEach((time, i) => {
    if (i > 0 && time - forecast.closeTime[i - 1]! === stepMs) times.at(-1)![1]++;
    else times.push([isoTime(time), 1]);
  });
  const range = (part: { from: number; to: number }) => ({ from: isoTime(part.from), to: isoTime(part.to) });
  const golden: Golden = {
    about: `forecasts of the quick profile of ${name} on the sample bars, and what they earn`,
    model: { id: manifest.id, dataSha256: manifest.data.sha256 },
    forecastSha256: sha256(bytes),
    validation: range(manifest.ranges.validation),
    test: range(manifest.ranges.test),
    times,
  };
  const results = await resultsOf(name, golden, bytes);
  await writeFile(forecastFile, bytes);
  await writeFile(jsonFile, `${JSON.stringify({ ...golden, results }, null, 2)}\n`);
}
