import { UsageError } from "@orion/trade/core";
import type { Command } from "commander";
import { sessionOf } from "../session.ts";
import { describeArchitecture } from "../terminal/describeArchitecture.ts";
import { describeComparison } from "../terminal/describeComparison.ts";
import { describeModel } from "../terminal/describeModel.ts";
import { describeScanner } from "../terminal/describeScanner.ts";
import { answer, decimal, percent, table } from "../terminal/output.ts";
import { progressBar } from "../terminal/progressBar.ts";

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
    .description(
      "All that is known of a model: recipe, data, ranges, thresholds, test report, its layers and its file.",
    )
    .addHelpText("after", "\nExample:\n  ./orion models show orionquant-0123456789 --json")
    .action(async (id: string, _options: unknown, command: Command) => {
      const session = sessionOf(command);
      const { hasSixHeads, inspectModel, isScannerModel, showScanner, summaryOf } = await import(
        "@orion/trade/recipe"
      );
      if (await isScannerModel(session.workspace, id)) {
        const stages = await showScanner(session.workspace, id);
        answer(session, stages, () => describeScanner(stages));
        return;
      }
      const model = await inspectModel(session.workspace, id);
      answer(session, model, () =>
        [
          describeModel(summaryOf(model)),
          ...(hasSixHeads(model) ? [] : [`thresholds: ${model.decision.note}`]),
          `trained by Orion ${model.orionVersion}, git revision ${model.gitRevision ?? "not known"}`,
          "",
          describeArchitecture(model),
        ].join("\n"),
      );
    });
  models
    .command("compare")
    .argument("[ids...]", "ids of two models or more")
    .option("--all", "all models of the workspace")
    .option("--recipe <name>", "all models of a recipe")
    .description(
      "Figures of trained models beside each other: test rows, size, speed here and now, and which one to take.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  ./orion models compare orionquant-0123456789 orionquant-9876543210\n  ./orion models compare --recipe orionquant --json",
    )
    .action(async (ids: string[], options: { all?: boolean; recipe?: string }, command: Command) => {
      const session = sessionOf(command);
      const { compareModels } = await import("@orion/trade/recipe");
      const bar = progressBar();
      const found = await compareModels(
        { workspace: session.workspace, now: Date.now, signal: session.stop },
        { ids, ...options },
        (progress) => bar.update(progress),
      ).finally(() => bar.stop());
      answer(session, found, () => describeComparison(found));
    });
  models
    .command("export")
    .argument("<id>", "a model's id")
    .requiredOption(
      "--out <file>",
      "where the .onnx file is written; its manifest lies beside it as FILE.json",
    )
    .option(
      "--attention",
      "with the weights of its attention as further outputs, told in the file's metadata",
    )
    .description("Write a model as one .onnx file and its manifest.")
    .addHelpText(
      "after",
      "\nExamples:\n  ./orion models export orionquant-0123456789 --out signal.onnx\n  ./orion models export orionquant-0123456789 --out looks.onnx --attention",
    )
    .action(async (id: string, options: { out: string; attention?: boolean }, command: Command) => {
      const session = sessionOf(command);
      if (!options.out.endsWith(".onnx"))
        throw new UsageError(`--out ${options.out}: name a file that ends in .onnx`);
      const { exportModel } = await import("@orion/trade/recipe");
      const written = await exportModel(session.workspace, id, options.out, options);
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
