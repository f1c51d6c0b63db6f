import type { VenueSim } from "@orion/venue-sim";
import { type Command, InvalidArgumentError } from "commander";
import { sessionOf } from "../session.ts";
import { answer, duration, say } from "../terminal/output.ts";
import { progressBar } from "../terminal/progressBar.ts";
import { symbolList, wholeNumber } from "./options.ts";
import { untilStopped } from "./serve.ts";

interface SimOptions {
  source: string[];
  fromStore?: boolean;
  symbols?: string[];
  port: number;
  speed: number;
  at?: string;
  fault?: string[];
  seed: number;
}

export function addSim(program: Command): void {
  program
    .command("sim")
    .description(
      "Serve recorded bars the way exchanges do, on this machine alone, so that everything can be tried without keys.",
    )
    .requiredOption(
      "--source <list>",
      "binance, alpaca, schwab, yahoo; several with commas",
      names("--source"),
    )
    .option("--from-store", "serve what the workspace holds (default: the sample that comes with Orion)")
    .option("--symbols <list>", "only these", symbolList)
    .option(
      "--port <n>",
      "port of the first venue, the next ones follow; 0 is any",
      wholeNumber("--port", 0),
      0,
    )
    .option("--speed <n>", "how many times faster than real time its clock runs; 0 stands still", speed, 60)
    .option("--at <time>", "where its clock begins (default: a day before the last bar ends)")
    .option("--fault <list>", "what goes wrong how often, such as 429:0.01,drop:0.002", names("--fault"))
    .option(
      "--seed <n>",
      "of the trades invented inside bars, and of the faults",
      wholeNumber("--seed", 0),
      1,
    )
    .addHelpText(
      "after",
      `
Faults of answers: 429, 418, 5xx, slow, hang, cut, reset, garbage, html, token, unknown-symbol, unclosed, skew;
of streams: drop, half-open, duplicate, late, reorder, miss, unknown, listen-key, refuse.
Bars are served as recorded; trades, quotes and the book inside a bar are invented so that they agree with it.
Any keys are accepted; some must be given where the exchange wants some.

Examples:
  ./orion sim --source binance
  ./orion sim --source binance,yahoo --from-store --symbols BTCUSDT,AAPL --port 9000
  ./orion sim --source binance --fault 429:0.01,cut:0.005,drop:0.002`,
    )
    .action(async (options: SimOptions, command: Command) => {
      const session = sessionOf(command);
      const { startVenueSim } = await import("@orion/venue-sim");
      const faults = await faultsOf(options.fault ?? []);
      const record = await recordOf(options, session);
      const sim = await listening(options.port, () =>
        startVenueSim({
          ...record,
          speed: options.speed,
          seed: options.seed,
          faults,
          ports: Object.fromEntries(
            record.venues.map((venue, i) => [venue, options.port === 0 ? 0 : options.port + i]),
          ),
        }),
      );
      try {
        const environment = environmentOf(sim, record.venues);
        const document = {
          urls: Object.fromEntries(record.venues.map((venue) => [venue, sim.url(venue)])),
          environment,
          symbols: [...new Set(record.series.map((s) => s.symbol))].sort(),
          clock: new Date(record.now).toISOString(),
          end: new Date(record.end).toISOString(),
          speed: options.speed,
        };
        answer(session, document, () => text(document));
        say("press Ctrl-C to stop");
        await untilStopped(session.stop);
      } finally {
        await sim.close();
      }
    });
}

async function recordOf(options: SimOptions, session: ReturnType<typeof sessionOf>) {
  const { simulateVenue } = await import("@orion/trade/recipe");
  const bar = progressBar();
  try {
    return await simulateVenue(
      { workspace: session.workspace, now: Date.now, signal: session.stop },
      {
        sources: options.source,
        fromStore: options.fromStore ?? false,
        ...(options.symbols ? { symbols: options.symbols } : {}),
        ...(options.at === undefined ? {} : { at: options.at }),
      },
      (done, total) => {
        if (total > 20) bar.update({ stage: "reading", done, total, secondsLeft: null });
      },
    );
  } finally {
    bar.stop();
  }
}

/** A port that is taken is told in one line, as wrong usage. */
async function listening(port: number, start: () => Promise<VenueSim>): Promise<VenueSim> {
  try {
    return await start();
  } catch (thrown) {
    const { UsageError } = await import("@orion/trade/core");
    const code = (thrown as { code?: unknown }).code;
    if (code === "EADDRINUSE" || code === "EACCES") {
      throw new UsageError(
        `port ${(thrown as { port?: unknown }).port ?? port} is ${code === "EACCES" ? "not allowed" : "in use"}: choose another --port, or 0 for any`,
      );
    }
    throw thrown;
  }
}

/** The lines that point Orion at the simulator; a venue that wants keys gets some. */
function environmentOf(sim: VenueSim, venues: readonly ("binance" | "alpaca" | "schwab" | "yahoo")[]) {
  const lines: Record<string, string> = {};
  for (const venue of venues) {
    lines[`ORION_${venue.toUpperCase()}_URL`] = sim.url(venue);
    if (venue === "alpaca")
      Object.assign(lines, { APCA_API_KEY_ID: "simulator", APCA_API_SECRET_KEY: "simulator" });
  }
  return lines;
}

interface SimDocument {
  urls: Record<string, string>;
  environment: Record<string, string>;
  symbols: string[];
  clock: string;
  end: string;
  speed: number;
}

function text({ urls, environment, symbols, clock, end, speed }: SimDocument): string {
  const left = (Date.parse(end) - Date.parse(clock)) / 1000;
  const pace = speed === 0 ? "stands still" : `runs ${speed} times as fast as real time`;
  const named =
    symbols.length > 12
      ? `${symbols.slice(0, 12).join(", ")} and ${symbols.length - 12} more`
      : symbols.join(", ");
  return [
    ...Object.entries(urls).map(([venue, url]) => `${venue} is at ${url}`),
    `serving ${named}`,
    `its clock begins at ${clock} and ${pace}; the last bar ends at ${end}` +
      (speed > 0 && left > 0 ? `, in ${duration(left / speed)}` : ""),
    "",
    "point Orion at it:",
    ...Object.entries(environment).map(([name, value]) => `export ${name}=${value}`),
  ].join("\n");
}

function names(option: string): (text: string) => string[] {
  return (text) => {
    const list = text.split(",").map((name) => name.trim());
    if (list.includes("")) throw new InvalidArgumentError(`${option} wants names with commas between them`);
    return list;
  };
}

function speed(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value <= 100_000) return value;
  throw new InvalidArgumentError("--speed wants a number from 0 to 100000");
}

async function faultsOf(texts: readonly string[]) {
  const { parseFault } = await import("@orion/venue-sim");
  try {
    return texts.map(parseFault);
  } catch (thrown) {
    throw new InvalidArgumentError(`--fault: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}
