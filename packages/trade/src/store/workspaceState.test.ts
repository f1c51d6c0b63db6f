import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DataError, UsageError } from "../core/errors.ts";
import { deleteModel, listModels, loadModel, saveModel } from "./artifacts.ts";
import { writeAtomically } from "./atomicFile.ts";
import { lockWorkspace, withWorkspaceLock } from "./lock.ts";
import { processStartMark } from "./processes.ts";
import { listRuns, loadRun, saveRun } from "./runs.ts";
import { readTrials, recordTrial, trialCounts } from "./trials.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

let now = 1_700_000_000_000;
let workspace: Workspace;
beforeEach(async () => {
  now = 1_700_000_000_000;
  workspace = await openWorkspace(await mkdtemp(join(tmpdir(), "orion-state-")), { now: () => now });
});
afterEach(async () => {
  await rm(workspace.dir, { recursive: true, force: true });
});

const file = (...parts: string[]): string => join(workspace.dir, ...parts);

describe("models", () => {
  const onnx = Uint8Array.of(8, 9, 10, 11, 12);

  test("come back with their hashes, newest first, until deleted", async () => {
    const saved = await saveModel(
      workspace,
      "orionquant-1",
      { "model.onnx": onnx },
      { recipe: "orionquant" },
    );
    now += 1000;
    await saveModel(workspace, "orionquant-2", { "model.onnx": "x" }, {});
    // of the five bytes, by coreutils' sha256sum
    expect(saved.files["model.onnx"]).toEqual({
      sha256: "bd420fe3805369a34abadcc6b32fd58d81c8ef3befe97c9a67532efef7d7b1c8",
      bytes: 5,
    });
    const loaded = await loadModel(workspace, "orionquant-1");
    expect(new Uint8Array(loaded.files.get("model.onnx")!)).toEqual(onnx);
    expect(loaded.manifest).toEqual(saved);
    expect(loaded.manifest).toMatchObject({
      id: "orionquant-1",
      recipe: "orionquant",
      savedAt: 1_700_000_000_000,
    });
    expect((await listModels(workspace)).models.map((m) => m.id)).toEqual(["orionquant-2", "orionquant-1"]);
    await deleteModel(workspace, "orionquant-2");
    expect((await listModels(workspace)).models.map((m) => m.id)).toEqual(["orionquant-1"]);
    await expect(deleteModel(workspace, "orionquant-2")).rejects.toThrow(/no model orionquant-2/);
  });

  test("cut short or changed they are refused", async () => {
    await saveModel(workspace, "m", { "model.onnx": onnx }, {});
    writeFileSync(file("models/m/model.onnx"), Uint8Array.of(8, 9, 10, 11, 13));
    await expect(loadModel(workspace, "m")).rejects.toThrow(/model\.onnx is damaged/);
    truncateSync(file("models/m/model.onnx"), 3);
    await expect(loadModel(workspace, "m")).rejects.toThrow(/3 bytes of 5/);
    await rm(file("models/m/model.onnx"));
    await expect(loadModel(workspace, "m")).rejects.toThrow(DataError);
    writeFileSync(file("models/m/manifest.json"), '{"id": "m"');
    await expect(loadModel(workspace, "m")).rejects.toThrow(/manifest\.json is damaged/);
    const { models, damaged } = await listModels(workspace);
    expect([models.length, damaged[0]?.id]).toEqual([0, "m"]);
  });

  test("an id that is taken or no id is refused; what a killed process left is cleared", async () => {
    mkdirSync(file("models/.saving-999999999-0"), { recursive: true });
    await saveModel(workspace, "m", { "model.onnx": onnx }, {});
    expect(readdirSync(file("models"))).toEqual(["m"]);
    await expect(saveModel(workspace, "m", {}, {})).rejects.toThrow(UsageError);
    for (const id of ["../m", "a/b", "", ".x", "a..b"]) {
      await expect(saveModel(workspace, id, {}, {})).rejects.toThrow(UsageError);
    }
  });
});

describe("the trial ledger", () => {
  const trial = {
    recipe: "orionquant",
    configSha256: "c".repeat(64),
    dataSha256: "d".repeat(64),
    modelId: null,
    range: { from: 1, to: 2 },
    metrics: { sharpe: 0.5, calmar: null },
  };

  test("only grows, and counts each recipe's trials", async () => {
    expect(await readTrials(workspace)).toEqual({ trials: [], torn: null });
    const first = await recordTrial(workspace, trial);
    await recordTrial(workspace, { ...trial, recipe: "other" });
    await recordTrial(workspace, trial);
    const ledger = await readTrials(workspace);
    expect(ledger.trials[0]).toEqual(first);
    expect(first).toMatchObject({ ...trial, time: 1_700_000_000_000 });
    expect(new Set(ledger.trials.map((t) => t.id)).size).toBe(3);
    expect(Object.fromEntries(trialCounts(ledger))).toEqual({ orionquant: 2, other: 1 });
  });

  test("a last line torn by a crash is told, and set aside by the next trial", async () => {
    await recordTrial(workspace, trial);
    appendFileSync(file("trials.jsonl"), '{"id":"trial-é');
    const torn = await readTrials(workspace);
    expect([torn.trials.length, torn.torn]).toEqual([1, '{"id":"trial-é']);
    await recordTrial(workspace, trial);
    const mended = await readTrials(workspace);
    expect([mended.trials.length, mended.torn]).toEqual([2, null]);
    expect(readFileSync(file("trials.torn.jsonl"), "utf8")).toBe('{"id":"trial-é\n');
  });

  test("a damaged line in the middle is an error that names it", async () => {
    await recordTrial(workspace, trial);
    appendFileSync(file("trials.jsonl"), "{}\n");
    await recordTrial(workspace, trial);
    await expect(readTrials(workspace)).rejects.toThrow(/trials\.jsonl, line 2: this is no trial/);
  });
});

describe("runs", () => {
  test("keep result, equity and trades", async () => {
    const run = {
      result: { metrics: { sharpe: 1.25 } },
      equity: {
        time: Float64Array.of(1672531500000, 1672531800000),
        equity: Float64Array.of(10000, 10001.5),
      },
      trades: [{ side: "long", pnl: 1.5, open: false, note: null }],
    };
    await saveRun(workspace, "run-1", run);
    expect(await loadRun(workspace, "run-1")).toEqual(run);
    expect(await listRuns(workspace)).toEqual(["run-1"]);
    await expect(saveRun(workspace, "run-1", run)).rejects.toThrow(UsageError);
    await expect(loadRun(workspace, "run-2")).rejects.toThrow(/no run run-2/);
    writeFileSync(file("runs/run-1/trades.json"), "[");
    await expect(loadRun(workspace, "run-1")).rejects.toThrow(/trades\.json is missing or damaged/);
  });
});

describe("files in place as a whole", () => {
  test("are replaced, and a folder that cannot be written is a usage error", async () => {
    await writeAtomically(file("a/b.txt"), "one");
    await writeAtomically(file("a/b.txt"), Buffer.from("two"));
    expect(readFileSync(file("a/b.txt"), "utf8")).toBe("two");
    expect(readdirSync(file("a"))).toEqual(["b.txt"]);
    await expect(writeAtomically(file("a/b.txt/c"), "x")).rejects.toThrow(UsageError);
    await expect(openWorkspace(file("a/b.txt"))).rejects.toThrow(UsageError);
  });
});

describe("the lock", () => {
  let other: ChildProcess | undefined;
  afterEach(() => void other?.kill("SIGKILL"));

  function lockOf(pid: number, more: object = {}): void {
    const startMark = processStartMark(pid);
    writeFileSync(
      file("lock.json"),
      JSON.stringify({ pid, startMark, host: hostname(), purpose: "training", since: now, ...more }),
    );
  }

  test("of a live process is refused by its pid; taken over when it has died", async () => {
    other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await once(other, "spawn");
    lockOf(other.pid!);
    const failed = lockWorkspace(workspace, "import");
    await expect(failed).rejects.toThrow(UsageError);
    await expect(failed).rejects.toThrow(
      `in use by process ${other.pid} (training, since 2023-11-14T22:13:20Z)`,
    );
    other.kill("SIGKILL");
    await once(other, "exit");
    const lock = await lockWorkspace(workspace, "import");
    expect(JSON.parse(readFileSync(file("lock.json"), "utf8"))).toMatchObject({ pid: process.pid });
    await lock.release();
    expect(readdirSync(workspace.dir)).toEqual([]);
  });

  test("of a dead process whose pid another one has now is taken over", async () => {
    other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    await once(other, "spawn");
    lockOf(other.pid!, { startMark: "1" });
    await (await lockWorkspace(workspace, "import")).release();
  });

  test("of another machine holds while it is touched", async () => {
    lockOf(1, { host: "another-machine" });
    now = Date.now();
    await expect(lockWorkspace(workspace, "import")).rejects.toThrow(/process 1 on another-machine/);
    now += 180_000;
    await (await lockWorkspace(workspace, "import")).release();
  });

  test("is one for the process however often it is taken, and given back when work fails", async () => {
    const outer = await lockWorkspace(workspace, "serve");
    await withWorkspaceLock(workspace, "import", async () => undefined);
    expect(readdirSync(workspace.dir)).toEqual(["lock.json"]);
    await outer.release();
    await outer.release();
    const failed = withWorkspaceLock(workspace, "import", () => Promise.reject(new Error("broken")));
    await expect(failed).rejects.toThrow("broken");
    expect(readdirSync(workspace.dir)).toEqual([]);
  });

  test("that is no lock at all does not block for ever", async () => {
    writeFileSync(file("lock.json"), "{");
    await (await lockWorkspace(workspace, "import")).release();
  });
});
