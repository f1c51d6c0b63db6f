/**
 * A process for tests to kill or to starve: writes bars again and again into a workspace, versions `1` and `2` in turn,
 * and prints the version before each write. Arguments: folder, rows, number of writes.
 */
import { writeSync } from "node:fs";
import { messageOf, OrionError } from "../../core/errors.ts";
import { openWorkspace } from "../workspace.ts";
import { writeBars } from "../writeBars.ts";
import { CHILD_KEY, versionBars } from "./versionBars.ts";

const [folder = "", rows = "", writes = ""] = process.argv.slice(2);
const workspace = await openWorkspace(folder);
try {
  for (let i = 0; i < Number(writes); i++) {
    const version = 1 + (i % 2);
    writeSync(1, `${version}\n`);
    await writeBars(workspace, { ...CHILD_KEY, source: "child" }, versionBars(version, Number(rows)));
  }
} catch (thrown) {
  writeSync(2, messageOf(thrown));
  process.exitCode = thrown instanceof OrionError ? thrown.exitCode : 1;
}
