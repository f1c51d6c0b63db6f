import type { Command } from "commander";
import { sessionOf } from "../session.ts";
import { answer, say } from "../terminal/output.ts";
import { version } from "../version.ts";
import { wholeNumber } from "./options.ts";

export function addServe(program: Command): void {
  program
    .command("serve")
    .description(
      "Serve the page and the API for this workspace. Only this machine can reach it unless --host says otherwise.",
    )
    .option("--host <address>", "address to listen at", "127.0.0.1")
    .option("--port <n>", "port to listen at", wholeNumber("--port", 0), 5000)
    .addHelpText("after", "\nExamples:\n  ./orion serve\n  ./orion serve --port 8080 --workspace ~/orion")
    .action(async (options: { host: string; port: number }, command: Command) => {
      const session = sessionOf(command);
      const { createServer } = await import("@orion/server");
      const { openWorkspace, withWorkspaceLock } = await import("@orion/trade/store");
      const workspace = await openWorkspace(session.workspace);
      await withWorkspaceLock(workspace, "orion serve", async () => {
        const server = await createServer({ workspace: session.workspace, ...options, version });
        try {
          const url = await server.listen();
          answer(session, { url }, () => `Orion is at ${url}`);
          say("press Ctrl-C to stop");
          await untilStopped(session.stop);
        } finally {
          await server.close();
        }
      });
    });
}

/** Waits for Ctrl-C. */
export function untilStopped(stop: AbortSignal): Promise<void> {
  // a timer keeps the process alive however little else there is to do
  const alive = setInterval(() => {}, 60_000);
  return new Promise((resolve) => {
    const end = (): void => {
      clearInterval(alive);
      resolve();
    };
    if (stop.aborted) end();
    else stop.addEventListener("abort", end, { once: true });
  });
}
