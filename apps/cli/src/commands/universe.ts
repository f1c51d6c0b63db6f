import type { Command } from "commander";
import { sessionOf } from "../session.ts";
import { answer, table } from "../terminal/output.ts";

export function addUniverse(data: Command): void {
  data
    .command("universe")
    .argument(
      "<name>",
      "small (7 stocks, 3 crypto pairs), medium (50 + 10), large (300 + 50), or a .csv file",
    )
    .description("List the symbols of a universe with sector and dates, and what is stored of each.")
    .option("--at <time>", "only those that were listed, and known to belong, at this time")
    .addHelpText(
      "after",
      `
A file has the header symbol,name,market,sector,listed,delisted,known; symbol, market and known are needed. A symbol is in
from the later of listed and known until the day before delisted. Lines that begin with # are remarks.

Examples:
  ./orion data universe small
  ./orion data universe large --at 2015-06-30 --json
  ./orion data universe ./scanner.csv`,
    )
    .action(async (name: string, options: { at?: string }, command: Command) => {
      const session = sessionOf(command);
      const { describeUniverse } = await import("@orion/trade/recipe");
      const report = await describeUniverse(session.workspace, name, options);
      answer(session, report, () => {
        const markets = Object.entries(report.byMarket).map(([market, count]) => `${count} ${market}`);
        const rows = report.members.map((m) => [
          m.symbol,
          m.market,
          m.sector ?? "–",
          m.since.slice(0, 10),
          m.until?.slice(0, 10) ?? "–",
          m.stored.length === 0
            ? "–"
            : m.stored.map((s) => `${s.rows} x ${s.timeframe}${s.kind === "mark" ? " mark" : ""}`).join(", "),
          m.stored[0]?.from.slice(0, 10) ?? "–",
          m.stored[0]?.to.slice(0, 10) ?? "–",
        ]);
        return [
          `${report.universe}${report.at === null ? "" : ` at ${report.at}`}: ${report.count} symbols (${markets.join(", ") || "none"}), ${report.storedCount} of them stored`,
          "",
          table(["symbol", "market", "sector", "member from", "until", "stored", "from", "to"], rows),
        ].join("\n");
      });
    });
}
