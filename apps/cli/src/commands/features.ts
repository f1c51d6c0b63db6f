import type { Command } from "commander";
import { sessionOf } from "../session.ts";
import { answer } from "../terminal/output.ts";

export function addFeatures(program: Command): void {
  const features = program
    .command("features")
    .description("What a recipe's network sees.")
    .addHelpText("after", "\nExample:\n  ./orion features list");
  features
    .command("list")
    .description("Every column of a recipe with its formula and source.")
    .option("--recipe <name>", "a recipe's name or a .yaml file", "orionquant")
    .addHelpText("after", "\nExample:\n  ./orion features list --recipe orionquant")
    .action(async (options: { recipe: string }, command: Command) => {
      const session = sessionOf(command);
      const { listFeatures } = await import("@orion/trade/recipe");
      const columns = await listFeatures(options.recipe);
      answer(session, columns, () =>
        columns
          .map((c, i) => `${String(i + 1).padStart(2)}  ${c.name}\n    ${c.formula}\n    ${c.source}`)
          .join("\n"),
      );
    });
}
