import { UsageError } from "@orion/trade/core";
import type { Command } from "commander";
import { sessionOf } from "../session.ts";
import { describeModel } from "../terminal/describeModel.ts";
import { answer, decimal, percent, table } from "../terminal/output.ts";

export function addModels(program: Command): void {
  const models = program
    .command("models")
    .description("List, show, export and delete trained models.")
    .addHelpText("after", "\nExample:\n  ./orion models list");
  models
    .command("list")
    .description("The trained models, newest first.")
    .addHelpText("after", "\nExample:\n  ./orion models list --json")
    .action(async (_options: unknown, command: Command) => {
      const session = sessionOf(command);
      const { listModels } = await import("@orion/trade/recipe");
      const list = await listModels(session.workspace);
      answer(session, list, () =>
        list.length === 0
          ? "no model yet: ./orion up or ./orion train --recipe orionquant trains one"
          : table(
              ["id", "profile", "created", "balanced accuracy", "macro F1", "test until", "failed"],
              list.map((m) => [
                m.id,
                m.profile,
                m.createdAt,
                percent(m.test.balancedAccuracy),
                decimal(m.test.macroF1, 3),
                m.testRange.to,
                m.failed ? "yes" : "no",
              ]),
            ),
      );
    });
  models
    .command("show")
    .argument("<id>", "a model's id")
    .description("All that is known of a model: recipe, data, ranges, thresholds, test report.")
    .addHelpText("after", "\nExample:\n  ./orion models show orionquant-0123456789 --json")
    .action(async (id: string, _options: unknown, command: Command) => {
      const session = sessionOf(command);
      const { hasSixHeads, showModel, summaryOf } = await import("@orion/trade/recipe");
      const manifest = await showModel(session.workspace, id);
      answer(
        session,
        manifest,
        () =>
          describeModel(summaryOf(manifest)) +
          (hasSixHeads(manifest) ? "" : `\nthresholds: ${manifest.decision.note}`),
      );
    });
  models
    .command("export")
    .argument("<id>", "a model's id")
    .requiredOption(
      "--out <file>",
      "where the .onnx file is written; its manifest lies beside it as FILE.json",
    )
    .description("Write a model as one .onnx file and its manifest.")
    .addHelpText("after", "\nExample:\n  ./orion models export orionquant-0123456789 --out signal.onnx")
    .action(async (id: string, options: { out: string }, command: Command) => {
      const session = sessionOf(command);
      if (!options.out.endsWith(".onnx"))
        throw new UsageError(`--out ${options.out}: name a file that ends in .onnx`);
      const { exportModel } = await import("@orion/trade/recipe");
      const written = await exportModel(session.workspace, id, options.out);
      answer(session, written, () => `${written.onnx} (${written.bytes} bytes) and ${written.manifest}`);
    });
  models
    .command("delete")
    .argument("<id>", "a model's id")
    .description("Delete a model. Its runs stay in the trial ledger.")
    .addHelpText("after", "\nExample:\n  ./orion models delete orionquant-0123456789")
    .action(async (id: string, _options: unknown, command: Command) => {
      const session = sessionOf(command);
      const { removeModel } = await import("@orion/trade/recipe");
      await removeModel(session.workspace, id);
      answer(session, { deleted: id }, () => `deleted ${id}`);
    });
}
