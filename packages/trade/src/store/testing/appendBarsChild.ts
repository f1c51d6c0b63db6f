/**
 * A process for tests to kill: appends bars of version 1 piece by piece to a series in parts, and prints the rows
 * stored before each append. Arguments: folder, rows stored, rows of a piece, rows at which it ends.
 */
import { writeSync } from "node:fs";
import { sliceBars } from "../../market/bars.ts";
import { openWorkspace } from "../workspace.ts";
import { mergeBars } from "../writeBars.ts";
import { CHILD_KEY, versionBars } from "./versionBars.ts";

const [folder = "", rows = "", piece = "", end = ""] = process.argv.slice(2);
const workspace = await openWorkspace(folder);
const all = versionBars(1, Number(end));
for (let at = Number(rows); at + Number(piece) <= Number(end); at += Number(piece)) {
  writeSync(1, `${at}\n`);
  const bars = sliceBars(all, at, at + Number(piece));
  await mergeBars(workspace, { ...CHILD_KEY, source: "child" }, bars, { partsPerPeriod: 3 });
}
