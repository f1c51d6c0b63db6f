import { UsageError } from "../core/errors.ts";
import { isoTime, timeframeMs } from "../core/time.ts";
import {
  type ConfiguredIndicator,
  findIndicator,
  type InputColumn,
  indicatorFamilies,
} from "../features/index.ts";
import { readFileColumns } from "../store/index.ts";

export interface IndicatorRequest {
  readonly name: string;
  /** CSV, gzip or plain */
  readonly file: string;
  /** as on a command line: `period=14,start=first` */
  readonly settings?: string;
  readonly symbol?: string;
  readonly timezone?: string;
  readonly timeframe?: string;
  readonly stamp?: "start" | "end";
  readonly signal?: AbortSignal;
  readonly onBytes?: (done: number, total: number) => void;
}

/** One value for each row of the file; null in the warm-up. */
export interface IndicatorRun {
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** ISO 8601 UTC, as the file stamps its rows */
  readonly time: readonly string[];
  readonly outputs: Readonly<Record<string, readonly (number | null)[]>>;
}

export interface IndicatorDoc {
  readonly family: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly title: string;
  readonly formula: string;
  readonly source: string;
  /** with their defaults */
  readonly params: Readonly<Record<string, unknown>>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** bars before a row on which it depends, at the defaults; null where the whole history counts */
  readonly lookback: number | null;
}

/** The names by which a file's header may call a column. */
const headers: Readonly<Record<Exclude<InputColumn, "time">, readonly string[]>> = {
  open: ["open"],
  high: ["high"],
  low: ["low"],
  close: ["close"],
  volume: ["volume"],
  funding: ["fundingRate", "funding_rate", "funding"],
  openInterest: ["openInterest", "open_interest"],
  mark: ["mark", "markPrice", "mark_price"],
  benchmark: ["benchmark"],
};

/**
 * Runs one indicator on the bars of a user's file.
 * @throws UsageError for an indicator, parameter or period that is not possible, DataError for the file
 */
export async function runIndicator(request: IndicatorRequest): Promise<IndicatorRun> {
  const { name, file, settings = "", symbol, timezone, timeframe, stamp, signal, onBytes } = request;
  const one = findIndicator(name).create(parseSettings(settings));
  const wanted = Object.fromEntries(
    one.inputs.flatMap((input) => (input === "time" ? [] : [[input, headers[input]]])),
  );
  const {
    length,
    stamp: stamps,
    closeTime,
    columns,
  } = await readFileColumns({
    file,
    wanted,
    reader: one.name,
    ...(symbol === undefined ? {} : { symbol }),
    ...(timezone === undefined ? {} : { timezone }),
    ...(timeframe === undefined ? {} : { timeframeMs: timeframeMs(timeframe) }),
    ...(stamp === undefined ? {} : { stamp }),
    ...(signal === undefined ? {} : { signal }),
    ...(onBytes === undefined ? {} : { onBytes }),
  });
  requireRows(one, length, file);
  const out = one.compute({ ...columns, time: closeTime });
  return {
    name: one.name,
    params: one.params,
    time: Array.from(stamps, isoTime),
    outputs: Object.fromEntries(
      Object.entries(out).map(([output, column]) => [
        output,
        Array.from(column, (value) => (Number.isNaN(value) ? null : value)),
      ]),
    ),
  };
}

/** Every indicator of the registry, for people and pages. */
export function listIndicators(): IndicatorDoc[] {
  return Object.entries(indicatorFamilies).flatMap(([family, parts]) =>
    parts.map((part) => {
      const { outputs, lookback } = part.create();
      const { name, aliases, title, formula, source, defaults, inputs } = part;
      return {
        family,
        name,
        aliases,
        title,
        formula,
        source,
        params: defaults,
        inputs,
        outputs: Object.keys(outputs),
        lookback: Number.isFinite(lookback) ? lookback : null,
      };
    }),
  );
}

/** `period=14,start=first` as an object; a number where it is one. */
export function parseSettings(text: string): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const part of text.split(",").map((p) => p.trim())) {
    if (part === "") continue;
    const [, key, value] = /^([A-Za-z]\w*)\s*=\s*(\S+)$/.exec(part) ?? [];
    if (key === undefined || value === undefined) {
      throw new UsageError(`--set ${part}: write name=value, such as period=14`);
    }
    if (Object.hasOwn(settings, key)) throw new UsageError(`--set: '${key}' is there twice`);
    settings[key] = /^(true|false)$/.test(value)
      ? value === "true"
      : /^[+-]?[\d.]/.test(value)
        ? Number(value)
        : value;
  }
  return settings;
}

/** An output without a single value is a period that is too long for the file, not a result. */
function requireRows(one: ConfiguredIndicator, rows: number, file: string): void {
  for (const [output, warmUp] of Object.entries(one.outputs)) {
    if (warmUp < rows) continue;
    const params = Object.entries(one.params).map(([key, value]) => `${key}=${String(value)}`);
    throw new UsageError(
      `${one.name}: with ${params.join(", ") || "its definition"} '${output}' has its first value in row ${warmUp + 1}, and ${file} has ${rows}: choose a shorter period or give more rows`,
    );
  }
}
