import { createInterface } from "node:readline/promises";
import { UsageError } from "@orion/trade/core";
import type { Command } from "commander";
import { sessionOf } from "../../session.ts";
import { answer, say } from "../../terminal/output.ts";

export function addLogin(data: Command): void {
  data
    .command("login")
    .description("Sign in at a source whose keys end: schwab, every seven days.")
    .argument("<source>", "schwab")
    .addHelpText(
      "after",
      `
Open the printed address in a browser, sign in, and paste the address that the browser ends on (its page does not load).
SCHWAB_CLIENT_ID and SCHWAB_CLIENT_SECRET name the app of developer.schwab.com, SCHWAB_REDIRECT_URI its redirect address
(default https://127.0.0.1:8182/callback). ORION_SECRET, 12 or more characters of your own, encrypts the tokens in the
workspace.

Examples:
  ./orion data login schwab
  ./orion data login schwab < pasted.txt`,
    )
    .action(async (source: string, _options: object, command: Command) => {
      const session = sessionOf(command);
      if (source !== "schwab") {
        throw new UsageError(
          `'${source}' has no sign-in: it is for schwab; alpaca's keys are APCA_API_KEY_ID and APCA_API_SECRET_KEY`,
        );
      }
      const { signInSchwab } = await import("@orion/trade/recipe");
      const context = { workspace: session.workspace, now: Date.now, signal: session.stop };
      const signedIn = await signInSchwab(context, process.env, async (url) => {
        say(`Open this address, sign in, and paste the address that the browser ends on:\n\n${url}\n`);
        return await readPasted(session.stop);
      });
      answer(session, signedIn, () => `signed in at schwab until ${signedIn.endsAt}`);
    });
}

/** A line of standard input; what is typed is shown by the terminal alone. */
async function readPasted(stop: AbortSignal): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const ended = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
    return await Promise.race([lines.question("> ", { signal: stop }), ended]);
  } finally {
    lines.close();
  }
}
