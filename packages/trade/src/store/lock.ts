import { link, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { z } from "zod";
import { UsageError } from "../core/errors.ts";
import { isoTime } from "../core/time.ts";
import { writeError } from "./atomicFile.ts";
import { isProcessAlive, processStartMark } from "./processes.ts";
import { type Workspace, workspacePath } from "./workspace.ts";

const holderSchema = z.object({
  pid: z.number().int(),
  startMark: z.string(),
  host: z.string(),
  purpose: z.string(),
  since: z.number(),
});
type Holder = z.output<typeof holderSchema>;

/** A holder on another machine cannot be looked at: it shows that it lives by touching its lock. */
const TOUCH_MS = 20_000;
const SILENT_MS = 120_000;

export interface WorkspaceLock {
  release(): Promise<void>;
}

interface Held {
  count: number;
  touching: NodeJS.Timeout;
}
const heldHere = new Map<string, Held>();
let counter = 0;

/**
 * Makes this process the only writer of the workspace until `release`. Readers need no lock. A process may take it
 * again while it has it; each `release` gives one back. The lock of a process that ended without releasing is taken over.
 * @throws UsageError that names the process which has it and what to do
 */
export async function lockWorkspace(workspace: Workspace, purpose: string): Promise<WorkspaceLock> {
  const path = workspacePath(workspace, "lock.json");
  for (let attempt = 0; attempt < 20; attempt++) {
    const held = heldHere.get(path);
    if (held) {
      held.count++;
      return { release: once(() => giveBack(path)) };
    }
    if (await create(workspace, path, purpose)) {
      const touching = setInterval(() => {
        const seconds = workspace.now() / 1000;
        utimes(path, seconds, seconds).catch(() => undefined);
      }, TOUCH_MS);
      touching.unref();
      heldHere.set(path, { count: 1, touching });
      return { release: once(() => giveBack(path)) };
    }
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text === undefined) continue; // released in between
    const holder = parseHolder(text);
    if (holder && isOurs(holder)) return { release: async () => undefined }; // another thread of this process has it
    if (holder && !(await isGone(workspace, path, holder))) {
      throw new UsageError(
        `${workspace.dir} is in use by process ${holder.pid}${holder.host === hostname() ? "" : ` on ${holder.host}`} ` +
          `(${holder.purpose}, since ${isoTime(holder.since)}): wait for it, end it, or choose another --workspace`,
      );
    }
    await takeAway(path, text);
  }
  throw new UsageError(
    `${path} changes hands too quickly: other processes start and end on this workspace; try again`,
  );
}

/** Runs `work` as the only writer. */
export async function withWorkspaceLock<T>(
  workspace: Workspace,
  purpose: string,
  work: () => Promise<T>,
): Promise<T> {
  const lock = await lockWorkspace(workspace, purpose);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** A link to a finished file either appears as a whole or fails because a lock is there. */
async function create(workspace: Workspace, path: string, purpose: string): Promise<boolean> {
  const holder: Holder = {
    pid: process.pid,
    startMark: processStartMark(process.pid),
    host: hostname(),
    purpose,
    since: workspace.now(),
  };
  const draft = `${path}.${process.pid}-${++counter}`;
  try {
    await writeFile(draft, JSON.stringify(holder));
    await link(draft, path);
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST") return false;
    throw writeError(thrown, path);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Moves a dead lock away; when another process was quicker and the lock moved is its live one, puts that back. */
async function takeAway(path: string, dead: string): Promise<void> {
  const aside = `${path}.dead-${process.pid}-${++counter}`;
  try {
    await rename(path, aside);
  } catch {
    return; // another process moved it first
  }
  if ((await readFile(aside, "utf8")) !== dead) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

async function giveBack(path: string): Promise<void> {
  const held = heldHere.get(path);
  if (!held) return;
  held.count--;
  if (held.count > 0) return;
  clearInterval(held.touching);
  heldHere.delete(path);
  await rm(path, { force: true });
}

function parseHolder(text: string): Holder | undefined {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return undefined; // no lock that Orion wrote: taken over
  }
}

function isOurs(holder: Holder): boolean {
  return (
    holder.pid === process.pid &&
    holder.host === hostname() &&
    holder.startMark === processStartMark(process.pid)
  );
}

async function isGone(workspace: Workspace, path: string, holder: Holder): Promise<boolean> {
  if (holder.host !== hostname()) {
    const touched = await stat(path).catch(() => undefined);
    return touched === undefined || workspace.now() - touched.mtimeMs > SILENT_MS;
  }
  return !isProcessAlive(holder.pid) || processStartMark(holder.pid) !== holder.startMark;
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done = false;
  return async () => {
    if (done) return;
    done = true;
    await action();
  };
}
