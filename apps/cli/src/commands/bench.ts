import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { UsageError } from "@orion/trade/core";
import type { Command } from "commander";
import { sessionOf } from "../session.ts";
import { answer, say, table } from "../terminal/output.ts";

const folder = fileURLToPath(new URL("../../../../bench/dist/", import.meta.url));

interface Line {
  name: string;
  value: number;
  unit: string;
  [key: string]: unknown;
}

export function addBench(program: Command): void {
  program
    .command("bench")
    .argument("[name]", "one of the benches; all of them without a name")
    .description("Measure speed on this machine, each figure beside the machine's own peak or a reference.")
    .addHelpText("after", "\nExamples:\n  ./orion bench grad\n  ./orion bench read --json")
    .action(async (name: string | undefined, _options: unknown, command: Command) => {
      const session = sessionOf(command);
      const known = (await readdir(folder))
        .filter((f) => f.endsWith(".js"))
        .map((f) => f.slice(0, -3))
        .sort();
      if (name !== undefined && !known.includes(name)) {
        throw new UsageError(`bench '${name}' is not known; choose one of ${known.join(", ")}`);
      }
      const lines: Line[] = [];
      for (const bench of name === undefined ? known : [name]) {
        say(`measuring ${bench} …`);
        lines.push(...(await runBench(bench, session.stop)));
      }
      answer(session, lines, () =>
        table(
          ["what", "value", "unit", "more"],
          lines.map(({ name: what, value, unit, machine: _machine, ...more }) => [
            what,
            String(Math.round(value * 1000) / 1000),
            unit,
            Object.entries(more)
              .map(
                ([k, v]) => `${k} ${typeof v === "number" ? Math.round(v * 1000) / 1000 : JSON.stringify(v)}`,
              )
              .join(", "),
          ]),
        ),
      );
    });
}

// A process of its own for each bench: one bench's heap and threads are not another's.
async function runBench(name: string, signal: AbortSignal): Promise<Line[]> {
  const child = spawn(process.execPath, [`${folder}${name}.js`], {
    stdio: ["ignore", "pipe", "inherit"],
    signal,
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  const code = await new Promise<number | null>((resolve, reject) =>
    child.on("close", resolve).on("error", reject),
  );
  if (code !== 0) throw new Error(`bench ${name} ended with exit code ${code}`);
  const parsed: unknown = JSON.parse(text);
  return Array.isArray(parsed) ? (parsed as Line[]) : [parsed as Line];
}
