import { CommanderError } from "commander";
import { createProgram } from "./program.ts";
import { stopOnSignals, wasStopped, whatWasStopped } from "./session.ts";
import { hasAnswered } from "./terminal/output.ts";

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

/** Thrown on purpose with exit code 1: not a defect. */
function isToldOf(thrown: unknown): boolean {
  return (thrown as { exitCode?: unknown }).exitCode === 1;
}

async function run(argv: readonly string[]): Promise<number> {
  stopOnSignals();
  try {
    await createProgram().parseAsync([...argv]);
    // a command that answered may say that what it found is bad (`data check`)
    return wasStopped() ? interrupted : Number(process.exitCode ?? 0);
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
    const told = wasStopped()
      ? { message: whatWasStopped(), exitCode: interrupted }
      : thrown instanceof CommanderError
        ? toldOfUsage(thrown)
        : toldOf(thrown);
    const isDefect = told.exitCode === 1 && !isToldOf(thrown);
    process.stderr.write(
      `orion: ${told.message}${isDefect ? " (a defect of Orion; run again with --debug and report it)" : ""}\n`,
    );
    if (argv.includes("--debug") && thrown instanceof Error) process.stderr.write(`${thrown.stack ?? ""}\n`);
    if (argv.includes("--json") && !hasAnswered()) {
      process.stdout.write(`${JSON.stringify({ error: told.message, code: told.exitCode })}\n`);
    }
    return told.exitCode;
  }
}

function toldOfUsage(thrown: CommanderError): Told {
  const isBare = thrown.code === "commander.help";
  const message = isBare ? "name a command; orion --help lists them" : thrown.message.replace(/^error: /, "");
  return { message: message.replace(/\s*\n\s*/g, " ").trim(), exitCode: 2 };
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // a reader that went away (`orion … | head`) is no fault
  if (error.code === "EPIPE") process.exit(Number(process.exitCode ?? 0));
  process.stderr.write(`orion: the answer cannot be written to standard output: ${error.message}\n`);
  process.exit(3);
});

process.exitCode = await run(process.argv);
