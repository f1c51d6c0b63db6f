import { readFileSync } from "node:fs";

/** Whether a process with this id runs on this machine. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // EPERM: it runs, but belongs to someone else
    return thrown instanceof Error && "code" in thrown && thrown.code === "EPERM";
  }
}

/**
 * When a process was started, as an opaque mark that tells it from a later process with the same id:
 * Linux gives the clock ticks since boot (`/proc/PID/stat`, field 22); elsewhere it is empty.
 */
export function processStartMark(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // the command's name stands in brackets and may hold spaces: fields are counted after the last one
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
