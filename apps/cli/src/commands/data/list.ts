import type { Command } from "commander";
import { sessionOf } from "../../session.ts";
import { answer } from "../../terminal/output.ts";
import { seriesTable } from "./seriesTable.ts";

export function addList(data: Command): void {
  data
    .command("list")
    .description("List what is stored.")
    .addHelpText("after", "\nExample:\n  ./orion data list --json")
    .action(async (_options: unknown, command: Command) => {
      const session = sessionOf(command);
      const { listStored } = await import("@orion/trade/recipe");
      const stored = await listStored(session.workspace);
      answer(session, stored, () =>
        stored.length === 0
          ? "nothing is stored yet: ./orion up imports the sample, ./orion data import your own"
          : seriesTable(stored),
      );
    });
}
