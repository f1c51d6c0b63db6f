import type { Command } from "commander";
import { sessionOf } from "../../session.ts";
import { answer, percent } from "../../terminal/output.ts";

export function addCheck(data: Command): void {
  data
    .command("check")
    .description(
      "Check stored bars: gaps, duplicates, order, impossible and suspicious values. Exit code 3 when a target is missed.",
    )
    .option("--symbol <symbol>", "only this symbol")
    .option("--timeframe <t>", "only this timeframe")
    .addHelpText("after", "\nExample:\n  ./orion data check --symbol BTCUSDT --json")
    .action(async (options: { symbol?: string; timeframe?: string }, command: Command) => {
      const session = sessionOf(command);
      const { checkStored } = await import("@orion/trade/recipe");
      const reports = await checkStored(session.workspace, options);
      answer(session, reports, () =>
        reports
          .map((r) =>
            [
              `${r.symbol} ${r.timeframe}: ${r.rows} bars, ${r.ok ? "sound" : "targets missed"}`,
              ...r.checks
                .filter((c) => c.count > 0)
                .map(
                  (c) =>
                    `  ${c.name}: ${c.count} (${percent(c.share, 4)}), first at ${c.places.slice(0, 3).join(", ")}`,
                ),
              ...r.targets.map(
                (t) => `  ${t.name} ${t.measured} (target ${t.target}): ${t.met ? "met" : "missed"}`,
              ),
            ].join("\n"),
          )
          .join("\n\n"),
      );
      if (reports.some((r) => !r.ok)) process.exitCode = 3;
    });
}
