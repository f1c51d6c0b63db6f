import { existsSync } from "node:fs";
import { mkdir, statfs } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import type { DeviceFinding } from "@orion/trade/models";
import type { Command } from "commander";
import { sessionOf } from "../session.ts";
import { answer } from "../terminal/output.ts";
import { version } from "../version.ts";

interface Finding {
  name: string;
  ok: boolean;
  found: string;
  /** what to do, where something is missing */
  mend: string | null;
}

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description(
      "Say what works on this machine and what to install. Exit code 2 when something needed is missing.",
    )
    .option("--build", "build LightGBM first where it is missing: a few minutes, once")
    .addHelpText("after", "\nExamples:\n  ./orion doctor\n  ./orion doctor --json\n  ./orion doctor --build")
    .action(async (options: { build?: boolean }, command: Command) => {
      const session = sessionOf(command);
      if (options.build) await buildMissing(session.stop);
      const findings = [
        node(),
        machine(),
        await library("training and prediction (ONNX Runtime)", () => import("@orion/trade/models")),
        ...(await devices()),
        ...(await treeLibraries()),
        await library("bars (DuckDB, Parquet)", () => import("@orion/trade/store")),
        page(),
        browser(),
        await disk(session.workspace),
        clock(),
      ];
      const width = Math.max(...findings.map((f) => f.name.length));
      answer(session, { version, findings }, () =>
        findings
          .map(({ name, ok, found, mend }) => {
            const told = mend === null ? found : `${found}: ${mend}`;
            return `${name.padEnd(width)}  ${ok ? "ok     " : "missing"}  ${told}`;
          })
          .join("\n"),
      );
      if (findings.some((f) => !f.ok && !optional.includes(f.name))) process.exitCode = 2;
    });
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return {
    name: "Node.js",
    ok,
    found: process.versions.node,
    mend: ok ? null : "install Node.js 20.19 or newer",
  };
}

function machine(): Finding {
  const gib = totalmem() / 2 ** 30;
  const ok = gib >= 3;
  return {
    name: "cores and memory",
    ok,
    found: `${availableParallelism()} cores, ${gib.toFixed(1)} GiB`,
    mend: ok ? null : "training the 4.1M network needs 3 GiB",
  };
}

async function library(name: string, load: () => Promise<unknown>): Promise<Finding> {
  try {
    await load();
    return { name, ok: true, found: "loads", mend: null };
  } catch (thrown) {
    const found = thrown instanceof Error ? thrown.message.split("\n")[0]! : String(thrown);
    return {
      name,
      ok: false,
      found,
      mend: "run npm ci in Orion's folder; on a bare Debian also apt-get install libstdc++6",
    };
  }
}

function page(): Finding {
  const ok = existsSync(new URL("../../../dashboard/dist/index.html", import.meta.url));
  return {
    name: "page",
    ok,
    found: ok ? "built" : "not built",
    mend: ok ? null : "run npm run build in Orion's folder",
  };
}

const browserName = "browser for tests";
const libraryName = (title: string): string => `models of ${title}`;
const deviceName = (device: string): string => `training on ${device}`;
/** What the machine may lack without being of less use. */
const optional = [
  browserName,
  deviceName("webgpu"),
  deviceName("cuda"),
  ...["XGBoost", "LightGBM", "libsvm"].map(libraryName),
];

async function buildMissing(signal: AbortSignal): Promise<void> {
  const { findLibraries } = await import("@orion/trade/models");
  if (findLibraries().some(({ name, works }) => name === "lightgbm" && works)) return;
  const { buildTreeLibrary } = await import("../terminal/buildTreeLibrary.ts");
  await buildTreeLibrary(signal);
}

async function treeLibraries(): Promise<Finding[]> {
  try {
    const { findLibraries } = await import("@orion/trade/models");
    return findLibraries().map(({ title, works, found, mend }) => ({
      name: libraryName(title),
      ok: works,
      found,
      mend:
        mend === null
          ? null
          : works
            ? `it trains at about 0.6 of the speed; for the native library ${mend}`
            : `only training such models needs it: ${mend}`,
    }));
  } catch {
    // told by the finding on ONNX Runtime
    return [];
  }
}

async function devices(): Promise<Finding[]> {
  try {
    const { DEVICES, tryDevice } = await import("@orion/trade/models");
    const findings: DeviceFinding[] = [];
    for (const device of DEVICES) findings.push(await tryDevice(device));
    return findings.map(({ device, works, found, mend }) => ({
      name: deviceName(device),
      ok: works,
      found,
      mend: mend === null || device === "cpu" ? mend : `only --device ${device} needs it: ${mend}`,
    }));
  } catch {
    // told by the finding on ONNX Runtime
    return [];
  }
}

function browser(): Finding {
  const found = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
  return {
    name: browserName,
    ok: found !== undefined,
    found: found ?? "none",
    mend: found ? null : "only ./orion test needs it: apt-get install chromium",
  };
}

async function disk(workspace: string): Promise<Finding> {
  const name = "disk for the workspace";
  try {
    await mkdir(workspace, { recursive: true });
    const { bavail, bsize } = await statfs(workspace);
    const gib = (bavail * bsize) / 2 ** 30;
    const ok = gib >= 1;
    return {
      name,
      ok,
      found: `${gib.toFixed(1)} GiB free at ${workspace}`,
      mend: ok ? null : "free some space or name another --workspace",
    };
  } catch {
    return { name, ok: false, found: `${workspace} cannot be written`, mend: "name another --workspace" };
  }
}

/** A clock before this program was made would show data from the future. */
const earliestSensible = Date.UTC(2026, 0, 1);

function clock(): Finding {
  const ok = Date.now() > earliestSensible;
  return { name: "clock", ok, found: new Date().toISOString(), mend: ok ? null : "set the machine's clock" };
}
