import { z } from "zod";
import { upperBound } from "../../core/columns.ts";
import { UsageError } from "../../core/errors.ts";
import type { Part } from "../../core/parts.ts";
import type { Panel, Peers } from "../../market/bars.ts";
import type { ColumnDoc, Feature } from "../feature.ts";
import { MEASURES } from "./measures.ts";
import { measuresOf, type UniverseTable, universeTable } from "./universeTable.ts";

const config = z.strictObject({
  /** other members that must have a value, for a rank to be one */
  leastPeers: z.int().min(1).max(10_000).default(4),
  /** whether each measure is also told against the symbol's sector; then the universe has to name sectors */
  sectorRelative: z.boolean().default(true),
  /** other members of the sector that must have a value */
  leastSectorPeers: z.int().min(1).max(10_000).default(2),
});

/**
 * Where a symbol stands in its universe at each close, by return over 1, 5, 20 and 60 bars, volatility, relative volume and
 * distance to the year's high (`MEASURES`): seven ranks, and seven values less the mean of the sector's other members.
 *
 * rank = (b + e / 2) / n, of the n other members with a value b that lie below the symbol's and e that equal it: 0 the
 * lowest, 1 the highest, ties in the middle. A symbol is ranked among those that are in the universe at the moment (their
 * last bar, less than a bar's length old), whether or not it is a member itself: its own bars were public. NaN with fewer
 * others than `leastPeers` (`leastSectorPeers`), in the measure's warm-up, and without a sector.
 *
 * All columns are free of scale. The universe is worked out once for all its symbols, N log N a moment. `lookback` counts
 * in bars of each symbol.
 */
export const crossSection: Part<"crossSection", typeof config, Feature> = {
  kind: "crossSection",
  config,
  create({ leastPeers, leastSectorPeers, sectorRelative }) {
    const docs = [...MEASURES.map(rankDoc), ...(sectorRelative ? MEASURES.map(sectorDoc) : [])];
    const tables = new WeakMap<Peers, UniverseTable>();
    return {
      columns: docs.map((doc) => doc.name),
      docs,
      lookback: Math.max(...MEASURES.map((measure) => measure.lookback)),
      needs: { peers: sectorRelative ? "sectors" : "universe" },
      compute(panel) {
        const { peers } = panel;
        if (!peers)
          throw new UsageError(
            `crossSection: ${panel.series[0]?.instrument ?? "the panel"} comes without its universe: use it in a recipe of many symbols`,
          );
        const table = tables.get(peers) ?? universeTable(peers);
        tables.set(peers, table);
        if (sectorRelative && table.sectors === 0)
          throw new UsageError(
            "crossSection: no symbol of the universe has a sector: name them under universe.sectors, or say sectorRelative: false",
          );
        const places = placesOf(panel, table, peers.barMs);
        return [
          ...MEASURES.map((_, m) => ranks(places, table, m, leastPeers)),
          ...(sectorRelative
            ? MEASURES.map((_, m) => againstSector(places, table, m, leastSectorPeers))
            : []),
        ];
      },
    };
  },
};

function rankDoc({ name, formula, source }: (typeof MEASURES)[number]): ColumnDoc {
  return {
    name: `rank${name}`,
    formula: `(b + e / 2) / n, of the n other members of the universe b below and e equal by ${formula}`,
    source,
  };
}

function sectorDoc({ name, formula }: (typeof MEASURES)[number]): ColumnDoc {
  return {
    name: `sectorRelative${name}`,
    formula: `x less the mean x of the sector's other members, x = ${formula}`,
    source: "Moskowitz and Grinblatt 1999: industries apart from stocks",
  };
}

/** Where the rows of a panel's first instrument stand in the table. */
interface Places {
  /** [T] moment of each row, -1 where the universe has none that is fresh */
  readonly moments: Int32Array;
  readonly sector: number;
  /** by measure [T], NaN where there is none */
  readonly values: readonly Float32Array[];
  /** [T] whether the symbol itself is among the members that the table counts */
  readonly counted: Uint8Array;
}

function placesOf(panel: Panel, { times, symbols }: UniverseTable, barMs: number): Places {
  const bars = panel.series[0]!;
  const { length, closeTime } = panel;
  const moments = Int32Array.from(closeTime, (time) => {
    const u = upperBound(times, time) - 1;
    return u >= 0 && time - times[u]! < barMs ? u : -1;
  });
  const own = symbols.get(bars.instrument);
  if (!own) return { moments, sector: -1, values: measuresOf(bars), counted: new Uint8Array(length) };
  const rows = moments.map((u) => (u < 0 ? -1 : own.rows[u]!));
  return {
    moments,
    sector: own.sector,
    values: own.values.map((column) =>
      Float32Array.from(rows, (row) => (row < 0 ? Number.NaN : column[row]!)),
    ),
    counted: Uint8Array.from(rows, (row) => (row < 0 ? 0 : own.member[row]!)),
  };
}

function ranks(places: Places, { measures }: UniverseTable, measure: number, least: number): Float32Array {
  const { sorted, begin } = measures[measure]!;
  const { moments, counted } = places;
  const values = places.values[measure]!;
  return values.map((value, t) => {
    const u = moments[t]!;
    if (u < 0 || Number.isNaN(value)) return Number.NaN;
    const [from, to] = [begin[u]!, begin[u + 1]!];
    const own = counted[t]!;
    const others = to - from - own;
    if (others < least) return Number.NaN;
    const first = firstFrom(sorted, from, to, (x) => x >= value);
    const equal = firstFrom(sorted, first, to, (x) => x > value) - first - own;
    return (first - from + equal / 2) / others;
  });
}

function againstSector(
  places: Places,
  { measures, times }: UniverseTable,
  measure: number,
  least: number,
): Float32Array {
  const { sectorSum, sectorCount } = measures[measure]!;
  const { moments, sector, counted } = places;
  return places.values[measure]!.map((value, t) => {
    const u = moments[t]!;
    if (u < 0 || sector < 0 || Number.isNaN(value)) return Number.NaN;
    const at = sector * times.length + u;
    const own = counted[t]!;
    const others = sectorCount[at]! - own;
    return others < least ? Number.NaN : value - (sectorSum[at]! - own * value) / others;
  });
}

/** The first place in [from, to) at which an ascending column passes, `to` where none does. */
function firstFrom(
  ascending: Float32Array,
  from: number,
  to: number,
  passes: (x: number) => boolean,
): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes(ascending[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
