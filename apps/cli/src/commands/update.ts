import { UsageError } from "@orion/trade/core";
import type { UpdateResult, UpdateRule } from "@orion/trade/recipe";
import { type Command, InvalidArgumentError } from "commander";
import { sessionOf } from "../session.ts";
import { answer, decimal, percent, table } from "../terminal/output.ts";
import { trainingDisplay } from "../terminal/trainingDisplay.ts";
import { wholeNumber } from "./options.ts";

interface UpdateOptions {
  model?: string;
  epochs: number;
  replay: number;
  accept: string;
}

export function addUpdate(program: Command): void {
  program
    .command("update")
    .description(
      "Go on training a model on the bars that have come since, and keep the result only if it beats the old one on the newest of them.",
    )
    .option("--model <id>", "a model's id (default: the newest)")
    .option("--epochs <n>", "passes over new and replayed windows", wholeNumber("--epochs"), 1)
    .option("--replay <share>", "share of the windows that are old ones, 0 to 0.95", replayShare, 0.5)
    .option(
      "--accept <rule>",
      "significant: its loss is lower and the 95 % interval of the difference lies below 0; better: it is lower",
      "significant",
    )
    .addHelpText(
      "after",
      `
The newest 30 % of the new rows are learned from by neither model; both are judged on them. An update that is not
accepted leaves everything as it was; that is an answer too, and no error.

Examples:
  ./orion update
  ./orion update --model orionquant-0123456789 --epochs 2 --replay 0.3 --json
  ./orion update --accept better`,
    )
    .action(async (options: UpdateOptions, command: Command) => {
      const session = sessionOf(command);
      const { UPDATE_RULES, updateModel } = await import("@orion/trade/recipe");
      const { openWorkspace, withWorkspaceLock } = await import("@orion/trade/store");
      const { model, epochs, replay, accept } = options;
      if (!Object.hasOwn(UPDATE_RULES, accept))
        throw new UsageError(
          `--accept ${accept} is no rule: choose ${Object.keys(UPDATE_RULES).join(" or ")}`,
        );
      const display = trainingDisplay();
      try {
        const result = await withWorkspaceLock(await openWorkspace(session.workspace), "orion update", () =>
          updateModel(
            { workspace: session.workspace, now: Date.now, signal: session.stop },
            { model, epochs, replay, accept: accept as UpdateRule },
            display.update,
          ),
        );
        display.stop();
        answer(session, result, () => describeUpdate(result));
      } finally {
        display.stop();
      }
    });
}

function replayShare(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 0.95))
    throw new InvalidArgumentError("--replay wants a share from 0 to 0.95");
  return value;
}

function describeUpdate(r: UpdateResult): string {
  const { difference, rows } = r;
  const within = (interval: readonly [number, number] | null, digits = 5): string =>
    interval === null
      ? "no interval"
      : `95 %: ${decimal(interval[0], digits)} to ${decimal(interval[1], digits)}`;
  const line = (name: string, j: UpdateResult["old"]): string[] => [
    name,
    decimal(j.crossEntropy, 5),
    percent(j.balancedAccuracy),
    `${percent(j.balancedAccuracyInterval[0])} to ${percent(j.balancedAccuracyInterval[1])}`,
  ];
  return [
    r.accepted ? `ACCEPTED: ${r.reason}; model ${r.model}` : `NOT ACCEPTED: ${r.reason}; model ${r.model}`,
    `${rows.fresh} new rows to learn from: ${rows.trained} windows, with ${rows.replayed} replayed; judged on ${rows.acceptance} rows, ${r.acceptanceRange.from} to ${r.acceptanceRange.to}`,
    table(
      ["model", "cross entropy", "balanced accuracy", "95 %"],
      [line(`old ${r.parent}`, r.old), line("new", r.new)],
    ),
    `difference ${decimal(difference.value, 5)} nats (${within(difference.interval)}; ${difference.n} rows in blocks of ${difference.blockRows}); below 0 the new one is better`,
    `rule: ${r.rule}`,
  ].join("\n");
}
