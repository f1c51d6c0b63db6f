import { DataError } from "../../core/errors.ts";
import { type BarSeries, type Peers, singlePanel } from "../../market/bars.ts";
import { narrow } from "../narrow.ts";
import { panelBars } from "../panelBars.ts";
import { MEASURES } from "./measures.ts";

/** One measure of all members at each of U moments. */
interface MeasureTable {
  /** values of the members that have one, ascending; those of moment u at [begin[u], begin[u + 1]) */
  readonly sorted: Float32Array;
  readonly begin: Int32Array;
  /** [sectors, U] sum over the members of a sector that have a value, and how many */
  readonly sectorSum: Float64Array;
  readonly sectorCount: Int32Array;
}

/** A symbol of the universe in the table. */
export interface TableSymbol {
  readonly member: Uint8Array;
  /** place of its sector, -1 without one */
  readonly sector: number;
  /** [U] the row of its bars that stands for it, -1 where there is none */
  readonly rows: Int32Array;
  /** by measure, [rows of its bars] */
  readonly values: readonly Float32Array[];
}

/** A universe at every moment at which one of its symbols closes a bar. */
export interface UniverseTable {
  /** [U] ms UTC, ascending */
  readonly times: Float64Array;
  readonly symbols: ReadonlyMap<string, TableSymbol>;
  readonly measures: readonly MeasureTable[];
  readonly sectors: number;
}

/**
 * The members of a universe side by side, once for all symbols that are then ranked in it. At moment u a symbol stands there
 * with its last bar that had closed, if that was less than one bar's length before, and counts if it was a member at that
 * bar's close: what closes later, or is listed later, is in no row of u.
 * @throws DataError when a symbol is there twice or its columns do not fit
 */
export function universeTable({ symbols, barMs }: Peers): UniverseTable {
  const ordered = symbols.toSorted((a, b) => (a.bars.instrument < b.bars.instrument ? -1 : 1));
  const times = Float64Array.from(new Set(ordered.flatMap((peer) => [...peer.bars.closeTime]))).sort();
  const sectorNames = [...new Set(ordered.flatMap(({ sector }) => (sector === null ? [] : [sector])))].sort();
  const table = new Map<string, TableSymbol>();
  for (const { bars, member, sector } of ordered) {
    const { instrument } = bars;
    if (table.has(instrument)) throw new DataError(`universe: ${instrument} is in it twice: name it once`);
    if (member.length !== bars.length)
      throw new DataError(
        `universe: ${member.length} rows of membership for ${bars.length} of ${instrument}`,
      );
    table.set(instrument, {
      member,
      sector: sector === null ? -1 : sectorNames.indexOf(sector),
      rows: standing(times, bars.closeTime, barMs),
      values: measuresOf(bars),
    });
  }
  const all = [...table.values()];
  return {
    times,
    symbols: table,
    measures: MEASURES.map((_, m) => measureTable(all, m, times.length, sectorNames.length)),
    sectors: sectorNames.length,
  };
}

/** Every measure of a symbol's bars; as 32-bit numbers, among which equal moves are equal in every unit of the price. */
export function measuresOf(bars: BarSeries): readonly Float32Array[] {
  const sound = panelBars(singlePanel(bars));
  return MEASURES.map((measure) => narrow(measure.of(sound)));
}

/** The last row that had closed by each moment, -1 where there is none or it closed a bar's length before or earlier. */
function standing(times: Float64Array, closeTime: Float64Array, barMs: number): Int32Array {
  const rows = new Int32Array(times.length);
  let next = 0;
  for (let u = 0; u < times.length; u++) {
    while (next < closeTime.length && closeTime[next]! <= times[u]!) next++;
    rows[u] = next > 0 && times[u]! - closeTime[next - 1]! < barMs ? next - 1 : -1;
  }
  return rows;
}

function measureTable(
  symbols: readonly TableSymbol[],
  measure: number,
  moments: number,
  sectors: number,
): MeasureTable {
  const sorted = new Float32Array(moments * symbols.length);
  const begin = new Int32Array(moments + 1);
  const sectorSum = new Float64Array(sectors * moments);
  const sectorCount = new Int32Array(sectors * moments);
  let end = 0;
  for (let u = 0; u < moments; u++) {
    for (const { member, sector, rows, values } of symbols) {
      const row = rows[u]!;
      if (row < 0 || member[row] !== 1) continue;
      const value = values[measure]![row]!;
      if (Number.isNaN(value)) continue;
      sorted[end++] = value;
      if (sector < 0) continue;
      sectorSum[sector * moments + u]! += value;
      sectorCount[sector * moments + u]! += 1;
    }
    sorted.subarray(begin[u]!, end).sort();
    begin[u + 1] = end;
  }
  return { sorted: sorted.slice(0, end), begin, sectorSum, sectorCount };
}
