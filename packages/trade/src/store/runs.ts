import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DataError, UsageError } from "../core/errors.ts";
import { checkId, saveFolder } from "./artifacts.ts";
import { writeParquet } from "./parquet.ts";
import { readParquet } from "./readParquet.ts";
import { type Workspace, workspacePath } from "./workspace.ts";

/** What a backtest leaves behind. */
export interface Run {
  /** any JSON: metrics, baselines, hashes, the recipe */
  readonly result: Readonly<Record<string, unknown>>;
  /** the equity at each bar's close: columns of one length, `time` in ms UTC */
  readonly equity: Readonly<Record<"time" | "equity", Float64Array>>;
  /** one plain object a trade */
  readonly trades: readonly Readonly<Record<string, string | number | boolean | null>>[];
}

/**
 * Saves a run as `runs/ID/` with `result.json`, `equity.parquet` and `trades.json`, in place as a whole.
 * @throws UsageError when the id is taken, DataError on a full disk
 */
export async function saveRun(workspace: Workspace, id: string, run: Run): Promise<string> {
  const folder = runFolder(workspace, id);
  if (existsSync(folder)) throw new UsageError(`run ${id} exists already: choose another id`);
  const json = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value, null, 1)}\n`, "utf8");
  await saveFolder(
    folder,
    [
      { name: "result.json", bytes: json(run.result) },
      { name: "trades.json", bytes: json(run.trades) },
    ],
    (temporary) =>
      writeParquet(join(temporary, "equity.parquet"), [
        { name: "time", type: "time", values: run.equity.time },
        { name: "equity", type: "float64", values: run.equity.equity },
      ]),
  );
  return folder;
}

/** @throws DataError when there is no such run or a file of it is damaged */
export async function loadRun(workspace: Workspace, id: string): Promise<Run> {
  const folder = runFolder(workspace, id);
  if (!existsSync(folder)) throw new DataError(`no run ${id} in ${workspace.dir}`);
  const { columns } = await readParquet(join(folder, "equity.parquet"), ["time", "equity"]);
  const [result, trades] = await Promise.all(
    ["result.json", "trades.json"].map((name) => readJson(join(folder, name))),
  );
  if (typeof result !== "object" || result === null || !Array.isArray(trades)) {
    throw new DataError(`${folder} is damaged: run the backtest again`);
  }
  return { result: result as Run["result"], equity: columns, trades: trades as Run["trades"] };
}

/** Ids of all runs, in order of their names. */
export async function listRuns(workspace: Workspace): Promise<string[]> {
  const folder = workspacePath(workspace, "runs");
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((e) => e.isDirectory() && !e.name.startsWith("."))
    .map((e) => e.name)
    .sort();
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (thrown) {
    throw new DataError(`${path} is missing or damaged: run the backtest again`, { cause: thrown });
  }
}

function runFolder(workspace: Workspace, id: string): string {
  return workspacePath(workspace, "runs", checkId(id));
}
