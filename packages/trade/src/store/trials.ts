import { appendFile, open, readFile, truncate } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { DataError } from "../core/errors.ts";
import { newId } from "./artifacts.ts";
import { writeError } from "./atomicFile.ts";
import { type Workspace, workspacePath } from "./workspace.ts";

/** One backtest that was run, whether its result pleased or not: what the deflated Sharpe ratio counts. */
export const trialSchema = z.object({
  id: z.string(),
  /** ms UTC */
  time: z.number(),
  recipe: z.string(),
  configSha256: z.string(),
  dataSha256: z.string(),
  /** null for a run without a trained model */
  modelId: z.string().nullable(),
  /** ms UTC */
  range: z.object({ from: z.number(), to: z.number() }),
  /** null: a metric that could not be computed */
  metrics: z.record(z.string(), z.number().nullable()),
});
export type Trial = z.output<typeof trialSchema>;

export interface TrialLedger {
  readonly trials: readonly Trial[];
  /** text of a last line that a crash cut short; it was never a complete trial */
  readonly torn: string | null;
}

/**
 * Adds a trial and flushes it to the disk; call it before the result is shown.
 * The ledger is only ever appended to; a last line torn by a crash is moved to `trials.torn.jsonl` first.
 * @throws DataError when the ledger is damaged or the disk is full
 */
export async function recordTrial(workspace: Workspace, trial: Omit<Trial, "id" | "time">): Promise<Trial> {
  const path = ledgerPath(workspace);
  const full = trialSchema.parse({ id: newId("trial"), time: workspace.now(), ...trial });
  try {
    await quarantineTorn(workspace, path);
    const file = await open(path, "a");
    try {
      // one write: lines of two processes do not mix
      await file.appendFile(`${JSON.stringify(full)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (thrown) {
    throw writeError(thrown, path);
  }
  return full;
}

/** @throws DataError that names the line when one in the middle is damaged */
export async function readTrials(workspace: Workspace): Promise<TrialLedger> {
  const path = ledgerPath(workspace);
  const text = await readLedger(path);
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const torn = text.slice(whole.length);
  const trials = whole
    .split("\n")
    .slice(0, -1)
    .map((line, index) => parseTrial(line, `${path}, line ${index + 1}`));
  return { trials, torn: torn === "" ? null : torn };
}

/** How many trials each recipe had, the true number for the statistics of selection. */
export function trialCounts(ledger: TrialLedger): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { recipe } of ledger.trials) counts.set(recipe, (counts.get(recipe) ?? 0) + 1);
  return counts;
}

function ledgerPath(workspace: Workspace): string {
  return workspacePath(workspace, "trials.jsonl");
}

async function readLedger(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return "";
    throw thrown;
  }
}

function parseTrial(line: string, where: string): Trial {
  try {
    return trialSchema.parse(JSON.parse(line));
  } catch (thrown) {
    throw new DataError(
      `${where}: this is no trial; the ledger was changed by hand or by a faulty disk: restore it, or move it away`,
      { cause: thrown },
    );
  }
}

async function quarantineTorn(workspace: Workspace, path: string): Promise<void> {
  let text = await readLedger(path);
  if (text === "" || text.endsWith("\n")) return;
  // another process may be in the middle of its write: what is still cut short after a moment was torn by a crash
  await setTimeout(100);
  text = await readLedger(path);
  const end = text.lastIndexOf("\n") + 1;
  if (end === text.length) return;
  await appendFile(workspacePath(workspace, "trials.torn.jsonl"), `${text.slice(end)}\n`);
  await truncate(path, Buffer.byteLength(text.slice(0, end), "utf8"));
}
