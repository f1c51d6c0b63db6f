import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The built command line: what users run. `npm run build` (or `tsc -b`) makes it. */
export const mainFile = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  /** lines that are not empty */
  readonly stderr: readonly string[];
}

export interface Running {
  readonly child: ChildProcess;
  /** resolves when standard error holds a line that matches; rejects when the process ends before */
  said(pattern: RegExp): Promise<void>;
  readonly ended: Promise<Ended>;
}

/** Starts `orion ARGS`. `limitKiB` bounds every file that it writes: to it that is a full disk. */
export function start(args: readonly string[], options: { limitKiB?: number } = {}): Running {
  const words = [process.execPath, "--no-warnings=ExperimentalWarning", mainFile, ...args];
  const [command, rest] =
    options.limitKiB === undefined
      ? [words[0]!, words.slice(1)]
      : ["bash", ["-c", `ulimit -f ${options.limitKiB}; exec "$@"`, "bash", ...words]];
  const environment = { ...process.env };
  delete environment.ORION_WORKSPACE;
  delete environment.NODE_OPTIONS;
  const child = spawn(command, rest, { stdio: ["ignore", "pipe", "pipe"], env: environment });
  let stdout = "";
  let stderr = "";
  const waiting = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    for (const look of waiting) look();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject).on("close", (code, signal) => {
      resolve({ code, signal, stdout, stderr: stderr.split("\n").filter((line) => line.trim() !== "") });
    });
  });
  return {
    child,
    ended,
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!pattern.test(stderr)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
        void ended.then(() => reject(new Error(`ended without saying ${pattern}: ${stderr}`)));
      }),
  };
}

/** Runs `orion ARGS` to its end. */
export function orion(args: readonly string[], options: { limitKiB?: number } = {}): Promise<Ended> {
  return start(args, options).ended;
}

/** The same where everything after it needs it done. @throws with what it said, unless it ends with 0 */
export async function orionDone(args: readonly string[]): Promise<Ended> {
  const ended = await orion([...args, "--json"]);
  if (ended.code !== 0) throw new Error(`orion ${args.join(" ")}: ${ended.code} ${ended.stderr.join("\n")}`);
  return ended;
}

/** Every file of a folder with its SHA-256, to see that nothing was touched. */
export async function contentOf(folder: string): Promise<Record<string, string>> {
  const content: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    content[path] = createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
  }
  return content;
}
