import { type ChildProcess, spawn } from "node:child_process";
import { type Browser, chromium } from "playwright-core";
import { mainFile } from "./commandLine.ts";

/** Serves a workspace by the built command line on a free port. */
export async function serveWorkspace(
  workspace: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ server: ChildProcess; url: string }> {
  const server = spawn(
    process.execPath,
    [mainFile, "serve", "--port", "0", "--json", "--workspace", workspace],
    { stdio: ["ignore", "pipe", "inherit"], env },
  );
  let told = "";
  for await (const chunk of server.stdout!) {
    told += String(chunk);
    if (told.trimEnd().endsWith("}")) break;
  }
  return { server, url: (JSON.parse(told) as { url: string }).url };
}

/** A real browser without a window; ORION_CHROMIUM names another than Debian's. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.ORION_CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
