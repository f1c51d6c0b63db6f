import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf, UsageError } from "../core/errors.ts";
import { isoTime, parseTime } from "../core/time.ts";
import { type Member, memberPeriod, membersAt, parseUniverse, type Universe } from "../market/index.ts";
import { listSeries, openWorkspace, type StoredSeries } from "../store/index.ts";

// beside the recipes: which symbols a system trades is a part of what the system is
const houseFolder = fileURLToPath(new URL("../../../../recipes/universes/", import.meta.url));

/** Universes that come with Orion. */
export const UNIVERSES = ["small", "medium", "large"] as const;

/**
 * Reads a universe by its name (`small`) or as a file (`./mine.csv`).
 * @throws UsageError that names the file, the line and the column
 */
export async function loadUniverse(nameOrFile: string): Promise<Universe> {
  const isName = UNIVERSES.some((name) => name === nameOrFile);
  if (!isName && !/\.csv$/i.test(nameOrFile)) {
    throw new UsageError(`universe '${nameOrFile}': give a name (${UNIVERSES.join(", ")}) or a .csv file`);
  }
  const path = isName ? join(houseFolder, `${nameOrFile}.csv`) : nameOrFile;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (thrown) {
    throw new UsageError(`universe file ${path} cannot be read (${messageOf(thrown)}): check the path`, {
      cause: thrown,
    });
  }
  return parseUniverse(text, isName ? nameOrFile : basename(path).replace(/\.csv$/i, ""), path);
}

/** What is stored of a member. */
export interface StoredOfMember {
  timeframe: string;
  kind: string;
  rows: number;
  from: string;
  to: string;
}

export interface UniverseLine {
  symbol: string;
  name: string;
  market: string;
  sector: string | null;
  listed: string | null;
  delisted: string | null;
  known: string;
  /** when it is in the universe, ISO; `until` is null while it trades */
  since: string;
  until: string | null;
  /** bars and mark prices of its market, shortest timeframe first */
  stored: StoredOfMember[];
}

export interface UniverseReport {
  universe: string;
  /** the moment that the members are of, ISO; null for all that ever were */
  at: string | null;
  count: number;
  byMarket: Record<string, number>;
  storedCount: number;
  members: UniverseLine[];
}

/**
 * The members of a universe (at a moment, or all that ever were) and what the workspace holds of them.
 * @throws UsageError for an unknown universe or time
 */
export async function describeUniverse(
  workspaceFolder: string,
  nameOrFile: string,
  options: { readonly at?: string | undefined } = {},
): Promise<UniverseReport> {
  const universe = await loadUniverse(nameOrFile);
  const at = options.at === undefined ? undefined : parseTime(options.at, "--at");
  const members = at === undefined ? universe.members : membersAt(universe, at);
  const byInstrument = new Map<string, StoredSeries[]>();
  for (const series of await listSeries(await openWorkspace(workspaceFolder))) {
    if (series.timeframe === null) continue;
    const key = keyOf(series);
    byInstrument.set(key, [...(byInstrument.get(key) ?? []), series]);
  }
  const lines = members.map((m) => lineOf(m, byInstrument.get(keyOf(m)) ?? []));
  const byMarket: Record<string, number> = {};
  for (const { market } of lines) byMarket[market] = (byMarket[market] ?? 0) + 1;
  return {
    universe: universe.name,
    at: at === undefined ? null : isoTime(at),
    count: lines.length,
    byMarket,
    storedCount: lines.filter((l) => l.stored.length > 0).length,
    members: lines,
  };
}

function keyOf({ symbol, market }: { readonly symbol: string; readonly market: string }): string {
  return `${market}\0${symbol}`;
}

function lineOf(member: Member, stored: readonly StoredSeries[]): UniverseLine {
  const { symbol, name, market, sector, listed, delisted, known } = member;
  const { from, to } = memberPeriod(member);
  return {
    symbol,
    name,
    market,
    sector,
    listed,
    delisted,
    known,
    since: isoTime(from),
    until: Number.isFinite(to) ? isoTime(to) : null,
    stored: stored.map((s) => ({
      timeframe: s.timeframe!,
      kind: s.kind,
      rows: s.rows,
      from: isoTime(s.from ?? 0),
      to: isoTime(s.to ?? 0),
    })),
  };
}
