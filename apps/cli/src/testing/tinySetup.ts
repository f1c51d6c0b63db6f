import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readBarFile, samplePath } from "@orion/trade/store";

/** Writes a CSV of the sample's bars [from, to) and returns its path. */
export async function writeSampleCsv(folder: string, from: number, to: number): Promise<string> {
  const { bars } = await readBarFile(samplePath(), "bars");
  const lines = ["ts,open,high,low,close,volume"];
  for (let i = from; i < to; i++) {
    const start = bars.closeTime[i]! - 300_000;
    lines.push([start, ...[bars.open, bars.high, bars.low, bars.close, bars.volume].map((c) => c[i])].join());
  }
  const file = join(folder, `BTCUSDT_${from}_${to}.csv`);
  await writeFile(file, `${lines.join("\n")}\n`);
  return file;
}

/** The house's recipe with a network of a few hundred weights; `epochs` short ones. */
export async function writeTinyRecipe(folder: string, epochs: number, holdStride = 1): Promise<string> {
  const house = await readFile(new URL("../../../../recipes/orionquant.yaml", import.meta.url), "utf8");
  const changes: [RegExp, string][] = [
    [/^profiles:[\s\S]*/m, ""],
    [/^name: .*/m, "name: tiny"],
    [/value: 0\.005/, "value: 0.001"],
    [/embargoBars: .*/, "embargoBars: 16"],
    [/window: .*/, "window: 16"],
    [/width: .*/, "width: 8"],
    [/heads: .*/, "heads: 2"],
    [/blocks: .*/, "blocks: 1"],
    [/feedForward: .*/, "feedForward: 16"],
    [/epochs: .*/, `epochs: ${epochs}`],
    [/batch: .*/, "batch: 32"],
    [/windowStride: .*/, `windowStride: { BUY: ${holdStride}, HOLD: ${holdStride}, SELL: ${holdStride} }`],
    [/everyBars: .*/, `everyBars: ${holdStride}`],
    [/minTrades: .*/, "minTrades: 5"],
  ];
  let text = house;
  for (const [pattern, replacement] of changes) {
    if (!pattern.test(text)) throw new Error(`the recipe has no ${pattern}`);
    text = text.replace(pattern, replacement);
  }
  const file = join(folder, `tiny-${epochs}-${holdStride}.yaml`);
  await writeFile(file, text);
  return file;
}
