import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BacktestResponse, ModelSummary, Prediction } from "@orion/trade/wire";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createProgram } from "./program.ts";
import { orion, start } from "./testing/commandLine.ts";
import { writeSampleCsv, writeTinyRecipe } from "./testing/tinySetup.ts";
import { version } from "./version.ts";

let folder: string;
let csv: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "orion-cli-"));
  csv = await writeSampleCsv(folder, 18_000, 24_000);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const importOf = (file: string): string[] => [
  ...["data", "import", file, "--symbol", "BTCUSDT", "--timeframe", "5m", "--market", "futures"],
];
const json = async (args: readonly string[]) => {
  const ended = await orion([...args, "--json"]);
  expect(ended.code, ended.stderr.join("\n")).toBe(0);
  return JSON.parse(ended.stdout);
};

describe("version and help", () => {
  test("--version prints the version and nothing else", async () => {
    expect(await orion(["--version"])).toEqual({ code: 0, signal: null, stdout: `${version}\n`, stderr: [] });
  });

  const paths = (command: Command, path: readonly string[] = []): string[][] => [
    [...path],
    ...command.commands.flatMap((child) => paths(child, [...path, child.name()])),
  ];

  test("--help of every command ends well and shows an example", async () => {
    const all = paths(createProgram());
    expect(all.length).toBeGreaterThan(15);
    for (const path of all) {
      const { code, stdout, stderr } = await orion([...path, "--help"]);
      expect(code, path.join(" ")).toBe(0);
      expect(stderr).toEqual([]);
      expect(stdout, path.join(" ")).toMatch(new RegExp(`^Usage: ${["orion", ...path].join(" ")}`));
      expect(stdout, path.join(" ")).toMatch(/\nExamples?:\n {2}\.\/orion /);
    }
  });

  test("without a command it names the help, with exit code 2", async () => {
    for (const args of [[], ["data"], ["models"]]) {
      const { code, stderr } = await orion(args);
      expect(code).toBe(2);
      expect(stderr.at(-1)).toBe("orion: name a command; orion --help lists them");
    }
  });

  test("a stack trace comes with --debug only", async () => {
    const plain = await orion(["features", "list", "--recipe", "none"]);
    expect(plain.stderr).toHaveLength(1);
    const debug = await orion(["features", "list", "--recipe", "none", "--debug"]);
    expect(debug.code).toBe(2);
    expect(debug.stderr.some((line) => /^\s+at /.test(line))).toBe(true);
  });
});

describe("documents", () => {
  let workspace: string;
  beforeAll(() => {
    workspace = join(folder, "documents");
  });

  test("data import, list and check have the keys that scripts rely on", async () => {
    const place = ["--workspace", workspace];
    const imported = await json([...importOf(csv), ...place]);
    const line = {
      rows: 6000,
      symbol: "BTCUSDT",
      timeframe: "5m",
      // rows 18,000 to 24,000 of bars of five minutes from 2023-01-01T00:00Z on: 62.5 days later, 20.83 days long
      from: "2023-03-04T12:00:00Z",
      to: "2023-03-25T08:00:00Z",
      issues: expect.any(Array),
    };
    expect(imported).toMatchObject(line);
    expect(await json(["data", "list", ...place])).toEqual([expect.objectContaining(line)]);
    expect(await json(["data", "check", ...place])).toEqual([
      expect.objectContaining({ symbol: "BTCUSDT", timeframe: "5m", rows: 6000, ok: true }),
    ]);
    // the same file again changes nothing and says so
    expect(await json([...importOf(csv), ...place])).toMatchObject({ rows: 6000, added: 0, replaced: 0 });
  });

  test("features list has every column with formula and source", async () => {
    const columns = await json(["features", "list"]);
    expect(columns).toHaveLength(38);
    for (const column of columns) {
      expect(column).toEqual({
        name: expect.any(String),
        formula: expect.any(String),
        source: expect.any(String),
      });
    }
  });

  test("bars that miss the targets: the report and exit code 3", async () => {
    const place = ["--workspace", join(folder, "gaps")];
    const lines = (await readFile(csv, "utf8")).split("\n");
    const { writeFile } = await import("node:fs/promises");
    const file = join(folder, "gaps.csv");
    await writeFile(file, [...lines.slice(0, 500), ...lines.slice(700, 1500)].join("\n"));
    await json([...importOf(file), ...place]);
    const ended = await orion(["data", "check", "--json", ...place]);
    expect(ended.code).toBe(3);
    expect(ended.stderr).toEqual([]);
    expect(JSON.parse(ended.stdout)).toEqual([expect.objectContaining({ ok: false })]);
  });

  test("up, then the single steps: every key that scripts rely on; a second up takes what is there", async () => {
    const place = ["--workspace", join(folder, "up")];
    const recipe = await writeTinyRecipe(folder, 1, 12);
    const up = ["up", "--full", "--no-serve", "--recipe", recipe, ...place];
    const first = await json(up);
    expect(ModelSummary.strict().parse(first.model)).toEqual(first.model);
    expect(first.train).toEqual({
      epochs: 1,
      windows: first.model.windows,
      windowsPerSecond: expect.any(Number),
      gflops: expect.any(Number),
      lossBefore: expect.any(Number),
      lossAfter: expect.any(Number),
      peakGflops: expect.any(Number),
      ratioToPeak: expect.closeTo(first.train.gflops / first.train.peakGflops, 9),
    });
    const keys =
      "totalReturn annualReturn sharpe sortino calmar maxDrawdown winRate profitFactor exposure turnover trades costs";
    for (const key of keys.split(" ")) {
      expect(first.backtest.metrics).toHaveProperty(key);
      expect(first.backtest.baselines.buyAndHold).toHaveProperty(key);
    }
    expect(first.backtest).toMatchObject({ inSample: false, trials: 1, pbo: null });
    expect(first.backtest.ordersSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(first.backtest.equitySha256).toMatch(/^[0-9a-f]{64}$/);
    expect(Prediction.strict().parse(first.prediction)).toEqual(first.prediction);
    expect(first.prediction.bar_time).toBe("2024-05-14T15:40:00Z");

    const second = await json(up);
    expect(second.model).toEqual(first.model);
    expect(second.backtest).toMatchObject({ ordersSha256: first.backtest.ordersSha256, trials: 1 });

    const id = first.model.id;
    const backtest = await json(["backtest", "--recipe", "tiny", ...place]);
    expect(backtest).toMatchObject(BacktestResponse.strict().parse(backtest));
    expect(backtest.ordersSha256).toBe(first.backtest.ordersSha256);
    const marked = await orion([
      "backtest",
      "--model",
      id,
      "--from",
      "2023-06-01",
      "--to",
      "2023-06-20",
      "--in-sample",
      ...place,
    ]);
    expect(marked.stdout).toMatch(/^IN SAMPLE /);
    expect(await json(["predict", "--at", "2024-05-14T15:40:00Z", ...place])).toMatchObject({
      probabilities: first.prediction.probabilities,
    });
    // the explained log-odds are those of the probability that was told, and the attributions add up to them
    const why = await json(["explain", "--at", "2024-05-14T15:40:00Z", "--output", "BUY", ...place]);
    const buy = first.prediction.probabilities.BUY;
    expect(why.value).toBeCloseTo(Math.log(buy / (1 - buy)), 3);
    expect(why.complete).toBe(true);
    for (const parts of [why.byFeature, why.byStep] as { attribution: number }[][]) {
      const sum = parts.reduce((total, part) => total + part.attribution, 0);
      expect(Math.abs(sum - (why.value - why.baseline))).toBeLessThan(
        0.02 * Math.abs(why.value - why.baseline),
      );
    }
    expect((await json(["models", "list", ...place])).map((m: { id: string }) => m.id)).toEqual([id]);
    const shown = await json(["models", "show", id, ...place]);
    expect(shown).toMatchObject({ id, net: { parameters: first.model.parameters } });
    const out = join(folder, "exported.onnx");
    expect(await json(["models", "export", id, "--out", out, ...place])).toMatchObject({ onnx: out });
    expect(existsSync(join(folder, "exported.json"))).toBe(true);
    expect(await json(["models", "delete", id, ...place])).toEqual({ deleted: id });
    expect(await json(["models", "list", ...place])).toEqual([]);
  });
});

describe("training that is cut off", () => {
  let recipe: string;
  let whole: { id: string; sha256: string };

  async function freshWorkspace(name: string): Promise<string[]> {
    const place = ["--workspace", join(folder, name)];
    await json([...importOf(csv), ...place]);
    return place;
  }
  const train = (): string[] => ["train", "--recipe", recipe, "--json"];

  beforeAll(async () => {
    recipe = await writeTinyRecipe(folder, 6);
    const place = await freshWorkspace("whole");
    const ended = await json(["train", "--recipe", recipe, ...place]);
    expect(ended.train).toMatchObject({
      epochs: 6,
      windowsPerSecond: expect.any(Number),
      gflops: expect.any(Number),
      engineIdleShare: expect.any(Number),
    });
    whole = ended.model;
  });

  /** Where the checkpoint stands: after MAGIC (8 bytes), version and length of the header (4 each) comes its JSON. */
  async function checkpointAt(
    place: readonly string[],
  ): Promise<{ epoch: number; stepInEpoch: number } | null> {
    const home = join(place[1]!, "checkpoints");
    const name = (await readdir(home).catch(() => [])).find((n) => n.endsWith(".bin"));
    if (!name) return null;
    const bytes = await readFile(join(home, name)).catch(() => null);
    if (!bytes) return null;
    return JSON.parse(bytes.subarray(16, 16 + bytes.readUInt32LE(12)).toString()).position;
  }
  const isMidway = (at: { stepInEpoch: number } | null): boolean => (at?.stepInEpoch ?? 0) > 5;

  test("Ctrl-C: exit code 130, the checkpoint kept, --resume goes on to the same model", async () => {
    const place = await freshWorkspace("interrupted");
    const running = start([...train(), ...place]);
    await running.said(/^training/m);
    running.child.kill("SIGINT");
    const ended = await running.ended;
    expect(ended.code).toBe(130);
    expect(JSON.parse(ended.stdout)).toEqual({ error: "stopped; what was finished is kept", code: 130 });
    expect(ended.stderr.some((line) => /stopping cleanly/.test(line))).toBe(true);
    expect(await checkpointAt(place)).not.toBeNull();
    expect(await json(["models", "list", ...place])).toEqual([]);
    const resumed = await json([...train(), "--resume", ...place]);
    expect(resumed.model).toMatchObject({ id: whole.id, sha256: whole.sha256 });
    expect(await checkpointAt(place)).toBeNull();
  });

  test("killed in the middle of an epoch: --resume gives the same bytes as the run that was not", async () => {
    const place = await freshWorkspace("killed");
    const running = start([...train(), "--checkpoint-seconds", "0", ...place]);
    while (!isMidway(await checkpointAt(place)) && running.child.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    running.child.kill("SIGKILL");
    expect((await running.ended).signal).toBe("SIGKILL");
    expect(await json(["models", "list", ...place])).toEqual([]);
    // the lock of a dead process is taken over
    const resumed = await json([...train(), "--resume", ...place]);
    expect(resumed.model).toMatchObject({ id: whole.id, sha256: whole.sha256 });
    const backtest = await json(["backtest", ...place]);
    const other = await json(["backtest", "--workspace", join(folder, "whole")]);
    expect(backtest.ordersSha256).toBe(other.ordersSha256);
    expect(backtest.equitySha256).toBe(other.equitySha256);
  });
});
