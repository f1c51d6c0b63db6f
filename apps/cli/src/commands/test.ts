import { type SpawnSyncOptions, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { UsageError } from "@orion/trade/core";
import type { Command } from "commander";
import { sessionOf } from "../session.ts";
import { say } from "../terminal/output.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const aptGet = "/usr/bin/apt-get";
const browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export function addTest(program: Command): void {
  program
    .command("test")
    .argument("[filter...]", "only test files whose path contains one of these")
    .description(
      "Set up what tests need and run them all: style, structure, unit, property, contract and browser tests.",
    )
    .addHelpText("after", "\nExamples:\n  ./orion test\n  ./orion test packages/grad")
    .action(async (filters: string[], _options: unknown, command: Command) => {
      const browser = findBrowser();
      await setUpTreeLibraries(sessionOf(command).stop);
      if (filters.length === 0) {
        for (const [title, ...words] of [
          ["style (biome)", "biome", "check", "--error-on-warnings"],
          [
            "structure (dependency-cruiser)",
            "depcruise",
            "--config",
            ".dependency-cruiser.cjs",
            "packages",
            "apps",
            "bench",
          ],
          ["unused code (knip)", "knip", "--no-progress"],
        ] as const) {
          say(`${title} …`);
          await run(words, {});
        }
      }
      say("tests (vitest) …");
      await run(["vitest", "run", ...filters], { ORION_CHROMIUM: browser });
    });
}

function findBrowser(): string {
  const named = process.env.ORION_CHROMIUM;
  const found = [...(named ? [named] : []), ...browsers].find(existsSync);
  if (found) return found;
  if (canInstall()) {
    say("installing Chromium for the browser tests (about a minute) …");
    installPackages(["chromium"]);
    const installed = browsers.find(existsSync);
    if (installed) return installed;
  }
  throw new UsageError(
    "the browser tests need Chromium: install it (apt-get install chromium) or name one in ORION_CHROMIUM, then run this again",
  );
}

const canInstall = (): boolean => process.getuid?.() === 0 && existsSync(aptGet);

function installPackages(names: readonly string[]): void {
  const quiet: SpawnSyncOptions = {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  };
  spawnSync(aptGet, ["update", "-qq"], quiet);
  spawnSync(aptGet, ["install", "-y", "-qq", "--no-install-recommends", ...names], quiet);
}

/** Debian's packages of the libraries that train trees and support vectors, and of what builds LightGBM. */
const packagesOf = {
  xgboost: ["libxgboost0"],
  libsvm: ["libsvm3"],
  lightgbm: ["cmake", "g++", "make"],
} as const;

async function setUpTreeLibraries(signal: AbortSignal): Promise<void> {
  const { findLibraries } = await import("@orion/trade/models");
  // also where something slower stands in: tests compare it with the library
  const missing = () => findLibraries().filter(({ mend }) => mend !== null);
  const packages = missing().flatMap(({ name }) =>
    name === "lightgbm" && existsSync("/usr/bin/cmake") && existsSync("/usr/bin/g++") ? [] : packagesOf[name],
  );
  if (packages.length > 0 && canInstall()) {
    say(`installing ${packages.join(", ")} for the tests of trees …`);
    installPackages(packages);
  }
  if (missing().some(({ name }) => name === "lightgbm")) {
    say("building LightGBM for the tests of trees (a few minutes, once) …");
    const { buildTreeLibrary } = await import("../terminal/buildTreeLibrary.ts");
    await buildTreeLibrary(signal);
  }
  const [left] = missing();
  if (left)
    throw new UsageError(`the tests need ${left.title} (${left.found}): ${left.mend}, then run this again`);
}

async function run(words: readonly string[], environment: Record<string, string>): Promise<void> {
  const child = spawn(`${root}node_modules/.bin/${words[0]}`, words.slice(1), {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...environment },
  });
  const code = await new Promise<number | null>((resolve, reject) =>
    child.on("close", resolve).on("error", reject),
  );
  if (code !== 0) throw new TestsFailed(`${words[0]} found faults; they are listed above`);
}

/** Tests that fail are no defect of the command that runs them; the exit code is 1 all the same. */
class TestsFailed extends Error {
  readonly exitCode = 1;
}
