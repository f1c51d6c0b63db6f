import type { Command } from "commander";
import { addCheck } from "./data/check.ts";
import { addDownload } from "./data/download.ts";
import { addImport } from "./data/import.ts";
import { addList } from "./data/list.ts";
import { addLogin } from "./data/login.ts";
import { addUniverse } from "./universe.ts";

export function addData(program: Command): void {
  const data = program
    .command("data")
    .description("Import, download, list and check bars; list universes.")
    .addHelpText("after", "\nExample:\n  ./orion data list");
  addImport(data);
  addDownload(data);
  addLogin(data);
  addList(data);
  addCheck(data);
  addUniverse(data);
}
