import { CommanderError } from "commander";
import { createProgram } from "./program.ts";
import { stopOnSignals, wasStopped } from "./session.ts";

/** What a shell reports for a process that Ctrl-C ended. */
const interrupted = 130;

interface Told {
  message: string;
  exitCode: number;
}

// Only the shape is looked at: an error that crossed a worker thread has lost its class.
function toldOf(thrown: unknown): Told {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const code = (thrown as { exitCode?: unknown }).exitCode;
  const exitCode = typeof code === "number" && code >= 1 && code <= 4 ? code : 1;
  return { message: message.replace(/\s*\n\s*/g, " ").trim(), exitCode };
}

async function run(argv: readonly string[]): Promise<number> {
  stopOnSignals();
  try {
    await createProgram().parseAsync([...argv]);
    return wasStopped() ? interrupted : 0;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
    if (wasStopped()) return interrupted;
    const told: Told =
      thrown instanceof CommanderError
        ? { message: thrown.message.replace(/^error: /, ""), exitCode: 2 }
        : toldOf(thrown);
    const isDefect = told.exitCode === 1;
    process.stderr.write(
      `orion: ${told.message}${isDefect ? " (a defect of Orion; run again with --debug and report it)" : ""}\n`,
    );
    if (argv.includes("--debug") && thrown instanceof Error) process.stderr.write(`${thrown.stack ?? ""}\n`);
    if (argv.includes("--json"))
      process.stdout.write(`${JSON.stringify({ error: told.message, code: told.exitCode })}\n`);
    return told.exitCode;
  }
}

// A reader that went away (`orion … | head`) is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

process.exitCode = await run(process.argv);
