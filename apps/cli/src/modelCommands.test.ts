import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { orion } from "./testing/commandLine.ts";
import { writeSampleCsv, writeTinyRecipe } from "./testing/tinySetup.ts";

let folder: string;
let place: string[];
const ids: string[] = [];

const json = async (args: readonly string[]) => {
  const ended = await orion([...args, "--json", ...place]);
  expect(ended.code, ended.stderr.join("\n")).toBe(0);
  return JSON.parse(ended.stdout);
};
const text = async (args: readonly string[]): Promise<string> => {
  const ended = await orion([...args, ...place]);
  expect(ended.code, ended.stderr.join("\n")).toBe(0);
  return ended.stdout;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "orion-models-"));
  place = ["--workspace", join(folder, "workspace")];
  const csv = await writeSampleCsv(folder, 18_000, 24_000);
  await json(["data", "import", csv, "--symbol", "BTCUSDT", "--timeframe", "5m", "--market", "futures"]);
  for (const epochs of [1, 2]) {
    const recipe = await writeTinyRecipe(folder, epochs, 4);
    ids.push((await json(["train", "--recipe", recipe])).model.id);
  }
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test("models show: layers and file beside the report, in words and as JSON", async () => {
  const shown = await json(["models", "show", ids[0]!]);
  expect(shown).toMatchObject({
    id: ids[0],
    net: { parameters: shown.architecture.parameters },
    architecture: { kind: "transformerSignal", config: { window: 16, width: 8 } },
    onnx: { irVersion: 9, opsets: { "ai.onnx": 20 }, metadata: { recipe: "tiny" } },
  });
  const said = await text(["models", "show", ids[0]!]);
  expect(said).toMatch(/test rows \d+: balanced accuracy/);
  expect(said).toMatch(/encoder\.block0 +\d/);
  expect(said).toMatch(/ {2}attention\.query\.weight +\[8, 8\] +64/);
  expect(said).toMatch(/opsets ai\.onnx 20/);
  expect(said).toMatch(/in: x \[batch, 16, 38\]/);
  expect(said).toMatch(/ dataSha256: [0-9a-f]{64}/);
});

test("models compare: the same in words and as JSON, on the same rows", async () => {
  const found = await json(["models", "compare", ...ids]);
  expect(found.comparable).toBe(true);
  expect(found.models.map((m: { id: string }) => m.id)).toEqual(ids);
  expect(found.groups[0].differences[0]).toMatchObject({ model: ids[1], against: ids[0] });
  expect(ids).toContain(found.choice.model);
  const said = await text(["models", "compare", "--recipe", "tiny"]);
  expect(said).toMatch(/p50, 1 window/);
  expect(said).toMatch(new RegExp(`\nchosen: ${found.choice.model}: `));
  expect(said).toMatch(/\nrule: .*validation rows/);
  const alone = await orion(["models", "compare", ids[0]!, ...place]);
  expect(alone.code).toBe(2);
  expect(alone.stderr).toEqual([expect.stringMatching(/one model alone: name two or more/)]);
});

test("models export --attention and explain: where the network looked", async () => {
  const out = join(folder, "looks.onnx");
  const written = await json(["models", "export", ids[0]!, "--out", out, "--attention"]);
  expect(written.outputs).toContain("encoder.block0.attention.weights");
  const why = await json(["explain", "--model", ids[0]!]);
  expect(why.attention.layers[0]).toMatchObject({
    layer: "encoder.block0.attention",
    axes: ["head", "step"],
  });
  expect(why.attention.layers[0].lastStep[0]).toHaveLength(16);
  const said = await text(["explain", "--model", ids[0]!]);
  expect(said).toMatch(
    /encoder\.block0\.attention: the predicted bar's look, mean of 2 heads; of equal looks each 0\.0625/,
  );
  expect(said).toMatch(/before {2}0\.\d{4} {2}█+\n/);
});
