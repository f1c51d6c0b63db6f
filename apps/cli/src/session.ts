import { resolve } from "node:path";
import type { Command } from "commander";

/** What every command shares: where state lives, how to speak, when to stop. */
export interface Session {
  /** absolute path of the workspace folder */
  readonly workspace: string;
  /** one JSON document on standard output and nothing else */
  readonly json: boolean;
  /** aborted by the first Ctrl-C; a second one ends the process at once */
  readonly stop: AbortSignal;
}

const stopped = new AbortController();

/** Installs the Ctrl-C handler and reads the global options. */
export function sessionOf(command: Command): Session {
  const options = command.optsWithGlobals<{ workspace?: string; json?: boolean }>();
  return {
    workspace: resolve(options.workspace ?? process.env.ORION_WORKSPACE ?? "workspace"),
    json: options.json ?? false,
    stop: stopped.signal,
  };
}

export function stopOnSignals(): void {
  const onSignal = (): void => {
    if (stopped.signal.aborted) process.exit(130);
    process.stderr.write("\norion: stopping cleanly; press Ctrl-C again to end at once\n");
    stopped.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
}

let stopNote = "stopped; what was finished is kept";

/** What a command that was stopped says at its end: what is kept, and how to go on. */
export function sayWhenStopped(note: string): void {
  stopNote = note;
}

export function whatWasStopped(): string {
  return stopNote;
}

export function wasStopped(): boolean {
  return stopped.signal.aborted;
}
