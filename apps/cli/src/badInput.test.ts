import { copyFile, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contentOf, type Ended, orion, start } from "./testing/commandLine.ts";
import { writeSampleCsv, writeTinyRecipe } from "./testing/tinySetup.ts";

let folder: string;
let workspace: string;
let csv: string;
let recipe: string;
let modelId: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "orion-cli-"));
  workspace = join(folder, "workspace");
  csv = await writeSampleCsv(folder, 18_000, 23_000);
  recipe = await writeTinyRecipe(folder, 1);
  const imported = await orion([...importOf(csv), "--workspace", workspace]);
  expect(imported, imported.stderr.join()).toMatchObject({ code: 0 });
  const trained = await orion(["train", "--recipe", recipe, "--json", "--workspace", workspace]);
  expect(trained, trained.stderr.join()).toMatchObject({ code: 0 });
  modelId = JSON.parse(trained.stdout).model.id;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const importOf = (file: string, symbol = "BTCUSDT"): string[] => [
  ...["data", "import", file, "--symbol", symbol, "--timeframe", "5m", "--market", "futures", "--json"],
];

/** One line that names the place, one document, the right exit code, and nothing in the workspace touched. */
async function expectRefused(
  args: readonly string[],
  code: number,
  message: RegExp,
  { home = workspace, limitKiB }: { home?: string; limitKiB?: number } = {},
): Promise<void> {
  const before = await contentOf(home);
  const all = [...args, ...(args.includes("--json") ? [] : ["--json"]), "--workspace", home];
  const ended = await orion(all, limitKiB === undefined ? {} : { limitKiB });
  expectOneLine(ended, code, message);
  expect(await contentOf(home)).toEqual(before);
}

/** Stages of work that was begun before the fault was found. */
const stage = /^(reading bars|features and labels|backtest|press Ctrl-C to stop)/;

function expectOneLine(ended: Ended, code: number, message: RegExp): void {
  const told = ended.stderr.join("\n");
  expect(ended.code, told).toBe(code);
  const last = ended.stderr.at(-1)!;
  expect(last).toMatch(/^orion: /);
  expect(last).toMatch(message);
  expect(last).not.toMatch(/defect of Orion/);
  expect(
    ended.stderr.filter((line) => !stage.test(line)),
    told,
  ).toEqual([last]);
  expect(told).not.toMatch(/^\s+at /m);
  expect(JSON.parse(ended.stdout)).toEqual({ error: last.replace(/^orion: /, ""), code });
}

describe("files of bars", () => {
  const header = "ts,open,high,low,close,volume";
  const row = (i: number): string => `${1_700_000_100_000 + i * 300_000},100,101,99,100.5,10`;
  const rows = Array.from({ length: 50 }, (_, i) => row(i));
  const csvWith = (change: (lines: string[]) => void): string => {
    const lines = [header, ...rows];
    change(lines);
    return `${lines.join("\n")}\n`;
  };
  test.each<[string, string, string | Buffer, RegExp]>([
    ["an empty file", "empty.csv", "", /empty\.csv/],
    ["a header alone", "bare.csv", `${header}\n`, /bare\.csv/],
    [
      "a missing column",
      "nohigh.csv",
      csvWith((l) => (l[0] = "ts,open,hi,low,close,volume")),
      /nohigh\.csv.*high/,
    ],
    [
      "no time column",
      "notime.csv",
      csvWith((l) => (l[0] = "when,open,high,low,close,volume")),
      /notime\.csv/,
    ],
    [
      "text in a number",
      "text.csv",
      csvWith((l) => (l[7] = row(6).replace("100.5", "n/a"))),
      /text\.csv.*8.*close.*n\/a/,
    ],
    ["NaN", "nan.csv", csvWith((l) => (l[9] = row(8).replace("101", "NaN"))), /nan\.csv.*10.*high/],
    ["a line cut short", "short.csv", csvWith((l) => (l[5] = "1700001000000,100,101")), /short\.csv.*6/],
    ["an unordered time", "order.csv", csvWith((l) => ([l[11], l[12]] = [l[12]!, l[11]!])), /order\.csv.*13/],
    ["a duplicate time", "twice.csv", csvWith((l) => (l[21] = l[20]!)), /twice\.csv.*22/],
    [
      "high below low",
      "highlow.csv",
      csvWith((l) => (l[3] = row(2).replace("101", "98"))),
      /highlow\.csv.*4/,
    ],
    ["truncated gzip", "cut.csv.gz", gzipSync(csvWith(() => {})).subarray(0, 60), /cut\.csv\.gz/],
    ["no gzip at all", "fake.csv.gz", "PK\u0003\u0004 not gzip", /fake\.csv\.gz/],
    [
      "bytes of an image",
      "image.csv",
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 255]),
      /image\.csv/,
    ],
  ])("%s: exit code 3, the place named, nothing touched", async (_, name, content, message) => {
    const file = join(folder, name);
    await writeFile(file, content);
    await expectRefused(importOf(file), 3, message);
  });

  test("numbers that differ from stored ones: refused as a whole", async () => {
    const lines = (await readFile(csv, "utf8")).split("\n");
    const parts = lines[3000]!.split(",");
    parts[4] = String(Number(parts[2]) - 0.1);
    lines[3000] = parts.join();
    const file = join(folder, "differs.csv");
    await writeFile(file, lines.join("\n"));
    await expectRefused(importOf(file), 3, /differs\.csv/);
  });

  test("a file that is not there; a timeframe, market, zone or symbol that is none", async () => {
    await expectRefused(importOf(join(folder, "no.csv")), 3, /no\.csv does not exist/);
    const good = (option: string, value: string): string[] => {
      const args = importOf(csv);
      args[args.indexOf(option) + 1] = value;
      return args;
    };
    await expectRefused(good("--timeframe", "5x"), 2, /timeframe '5x' is not understood/);
    await expectRefused(good("--market", "bazaar"), 2, /market 'bazaar' is not known/);
    for (const symbol of ["../../evil", "/etc/passwd", "..", "a/b", "A\\B", ".hidden"]) {
      await expectRefused(good("--symbol", symbol), 2, /symbol '.*' is not understood/);
    }
    await expectRefused([...importOf(csv), "--timezone", "Mars/Olympus"], 2, /Mars\/Olympus/);
  });

  test("a full disk: told as such, what was there stays", async () => {
    const file = await writeSampleCsv(folder, 23_000, 24_000);
    await expectRefused(importOf(file), 3, /no space left on the disk while writing .*5m\.parquet/, {
      limitKiB: 40,
    });
  });
});

describe("recipes, options and ranges", () => {
  test("an unknown recipe, a missing file, an unknown key", async () => {
    await expectRefused(
      ["train", "--recipe", "orionqant"],
      2,
      /there is no recipe 'orionqant'; choose one of/,
    );
    await expectRefused(["train", "--recipe", "no/such.yaml"], 2, /no\/such\.yaml cannot be read/);
    const text = await readFile(recipe, "utf8");
    const changed = join(folder, "changed.yaml");
    const key = text.replace("    target: 0.05", "    targett: 0.05");
    await writeFile(changed, key);
    const line = key.split("\n").findIndex((l) => l.includes("targett")) + 1;
    await expectRefused(
      ["train", "--recipe", changed],
      2,
      new RegExp(`changed\\.yaml:${line}: risk\\.0\\.targett: this key`),
    );
    await writeFile(changed, text.replace("features:", "features: ["));
    await expectRefused(["train", "--recipe", changed], 2, /changed\.yaml:\d+: /);
  });

  test("unknown commands, options and values", async () => {
    await expectRefused(["trian"], 2, /unknown command 'trian'/);
    await expectRefused(
      ["train", "--recipe", recipe, "--epoch", "3"],
      2,
      /unknown option '--epoch'.*--epochs/,
    );
    await expectRefused(["train"], 2, /required option '--recipe <name>' not specified/);
    await expectRefused(
      ["train", "--recipe", recipe, "--epochs", "many"],
      2,
      /--epochs wants a whole number/,
    );
    await expectRefused(["train", "--recipe", recipe, "--profile", "fast"], 2, /profile 'fast' is not known/);
    await expectRefused(["data", "list", "surplus"], 2, /too many arguments/);
    await expectRefused(
      ["backtest", "--recipe", "tiny", "--model", modelId],
      2,
      /--recipe or --model, not both/,
    );
    await expectRefused(["up", "--quick", "--full"], 2, /--quick or --full, not both/);
    await expectRefused(
      ["models", "export", modelId, "--out", "x.bin"],
      2,
      /--out x\.bin: name a file that ends in \.onnx/,
    );
    await expectRefused(
      ["data", "download", "--source", "nyse", "--symbols", "A", "--timeframe", "1d"],
      2,
      /source/,
    );
  });

  test("a network that does not fit itself or its data", async () => {
    const text = await readFile(recipe, "utf8");
    const file = join(folder, "unfit.yaml");
    const refused = async (was: string, is: string, message: RegExp, more: string[] = []) => {
      expect(text).toContain(was);
      await writeFile(file, text.replace(was, is));
      await expectRefused(["train", "--recipe", file, ...more], 2, message);
    };
    await refused(
      "heads: 2",
      "heads: 3",
      /unfit\.yaml:\d+: model\.heads: 3 heads do not divide a width of 8/,
    );
    await refused("kind: threeClass", "kind: noClass", /unfit\.yaml:\d+: label\.kind: /);
    await refused(
      "batch: 32",
      "batch: 4096",
      /training\.batch: \d+ training windows do not fill a batch of 4096/,
    );
    const late = ["--from", "2023-03-20"];
    await refused(
      "window: 16",
      "window: 900",
      /model\.window: a window of 900 bars is longer than the \d+/,
      late,
    );
  }, 180_000);

  test("devices that are none, memory that does not do", async () => {
    const train = ["train", "--recipe", recipe];
    await expectRefused(
      [...train, "--device", "tpu"],
      2,
      /--device.*'tpu' is invalid.*auto, cpu, webgpu, cuda/,
    );
    for (const size of ["2gb", "0MB"]) {
      await expectRefused([...train, "--max-memory", size], 2, /--max-memory wants an amount such as 2GiB/);
    }
    await expectRefused(
      [...train, "--max-memory", "1MiB"],
      2,
      /training needs about \d\.\d\d GiB, --max-memory is 0\.00 GiB: not even a batch of 4 would fit/,
    );
  });

  test("ranges without bars, impossible times, ranges that were learned from", async () => {
    await expectRefused(
      ["train", "--recipe", recipe, "--from", "2030-01-01"],
      3,
      /has no bars from 2030-01-01T00:00:00Z/,
    );
    await expectRefused(["train", "--recipe", recipe, "--from", "soon"], 2, /from: 'soon' is not a time/);
    await expectRefused(["backtest", "--from", "2030-01-01"], 3, /has 0 bars from 2030-01-01T00:00:00Z/);
    await expectRefused(["backtest", "--from", "2023-03-02", "--to", "2023-03-01"], 2, /range .* is empty/);
    await expectRefused(
      ["backtest", "--from", "2023-03-11", "--to", "2023-03-12"],
      4,
      /touches the model's training range/,
    );
    await expectRefused(["predict", "--at", "2020-01-01"], 3, /has no bars from the beginning to 2020-01-01/);
    await expectRefused(["predict", "--symbol", "../x"], 2, /symbol '..\/x' is not understood/);
    await expectRefused(["predict", "--symbol", "ETHUSDT"], 3, /no 5m bars of ETHUSDT/);
    await expectRefused(
      ["train", "--recipe", recipe, "--symbol", "../x"],
      2,
      /symbol '..\/x' is not understood/,
    );
    await expectRefused(["data", "check", "--symbol", "ETHUSDT"], 3, /no bars of ETHUSDT are stored/);
  });

  test("models that are not there, and tricks with their names", async () => {
    await expectRefused(["models", "show", "nothing"], 3, /no model nothing in/);
    for (const id of ["../../x", "..", "/etc"]) await expectRefused(["models", "delete", id], 2, /is no id/);
    await expectRefused(["backtest", "--recipe", "orionquant"], 3, /recipe 'orionquant' has no model yet/);
  });
});

describe("damaged files of the workspace", () => {
  /** A copy of the workspace to damage. */
  async function copy(name: string): Promise<string> {
    const home = join(folder, name);
    for (const path of Object.keys(await contentOf(workspace))) {
      const target = path.replace(workspace, home);
      await mkdir(join(target, ".."), { recursive: true });
      await copyFile(path, target);
    }
    return home;
  }

  test("a truncated Parquet file is refused by every command that reads it", async () => {
    const home = await copy("cut-parquet");
    const file = join(home, "bars/futures/BTCUSDT/5m.parquet");
    await truncate(file, 20_000);
    for (const args of [
      ["data", "list"],
      ["data", "check"],
      ["train", "--recipe", recipe],
      ["backtest"],
      ["predict"],
      importOf(csv),
    ]) {
      await expectRefused(args, 3, /5m\.parquet/, { home });
    }
  });

  test("a truncated ONNX file and a manifest changed by hand", async () => {
    const home = await copy("cut-onnx");
    const graph = join(home, "models", modelId, "model.onnx");
    await truncate(graph, 5000);
    for (const args of [
      ["predict"],
      ["backtest"],
      ["models", "export", modelId, "--out", join(folder, "x.onnx")],
    ]) {
      await expectRefused(args, 3, /model\.onnx is damaged/, { home });
    }
    const manifest = join(home, "models", modelId, "manifest.json");
    await writeFile(manifest, (await readFile(manifest, "utf8")).replace(/"sell": [\d.e-]+/, '"sell": 0.9'));
    await expectRefused(["predict"], 3, /manifest\.json was changed after the training/, { home });
  });

  test("a damaged trial ledger stops a backtest before its result is told", async () => {
    const home = await copy("bad-ledger");
    await writeFile(join(home, "trials.jsonl"), "no trial\n");
    const ended = await orion(["backtest", "--json", "--workspace", home]);
    expectOneLine(ended, 3, /trials\.jsonl, line 1: this is no trial/);
  });
});

describe("the machine", () => {
  test("a port that is taken", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const { port } = taken.address() as { port: number };
    try {
      await expectRefused(
        ["serve", "--port", String(port)],
        2,
        new RegExp(`port ${port} on 127\\.0\\.0\\.1 is taken`),
      );
    } finally {
      taken.close();
    }
  });

  test("a second process on the same workspace, until the first one ends", async () => {
    const first = start(["serve", "--port", "0", "--json", "--workspace", workspace]);
    await first.said(/press Ctrl-C to stop/);
    for (const args of [["train", "--recipe", recipe], ["serve", "--port", "0"], importOf(csv)]) {
      await expectRefused(
        args,
        2,
        new RegExp(`in use by process ${first.child.pid} .*orion serve.*--workspace`),
      );
    }
    // reading is free
    expect(await orion(["data", "list", "--json", "--workspace", workspace])).toMatchObject({ code: 0 });
    first.child.kill("SIGINT");
    const ended = await first.ended;
    expect(ended.code).toBe(130);
    expect(JSON.parse(ended.stdout).url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await orion([...importOf(csv), "--workspace", workspace])).toMatchObject({ code: 0 });
  });

  test("a workspace that cannot be written", async () => {
    const file = join(folder, "a-file");
    await writeFile(file, "");
    const ended = await orion(["data", "list", "--json", "--workspace", join(file, "workspace")]);
    expectOneLine(ended, 2, /cannot write .*a-file\/workspace: .*choose a folder that may be written/);
  });
});
