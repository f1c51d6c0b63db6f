import type { MessagePort } from "node:worker_threads";
import type { ExitCode } from "@orion/trade/core";
import type { Pipeline } from "./pipeline.ts";

export type CallName = keyof Pipeline;

/** What a worker thread is asked to do. */
export interface TaskMessage {
  call: CallName;
  workspace: string;
  /** the request; nothing for the two lists */
  argument: unknown;
  /** one element on shared memory: 1 asks the work to stop at its next safe point */
  stopFlag: Int32Array;
  /** where status goes while the work runs */
  statusPort: MessagePort;
}

/**
 * How a task ended. An error keeps its exit code only this way: a thread boundary strips an error's class and
 * its own fields.
 */
export type TaskOutcome =
  | { ok: true; value: unknown; lastStatus: object | null }
  | { ok: false; fault: TaskFault; lastStatus: object | null };

export interface TaskFault {
  message: string;
  /** null for a defect of Orion rather than a fault that the user can mend */
  exitCode: ExitCode | null;
  stack: string | null;
}
