import { upperBound } from "../../core/columns.ts";
import { type Beside, type Panel, type Peers, sliceBars } from "../bars.ts";

/**
 * Rows [from, to) of all series as views on the same memory: nothing is copied. Of each peer the last to - from bars that
 * had closed by the last row: a memory counts in bars of the symbol that has it, whatever days it did not trade.
 */
export function slicePanel(panel: Panel, from: number, to: number): Panel {
  return {
    length: to - from,
    closeTime: panel.closeTime.subarray(from, to),
    series: panel.series.map((bars) => sliceBars(bars, from, to)),
    ...(panel.beside ? { beside: sliceBeside(panel.beside, from, to) } : {}),
    ...(panel.peers ? { peers: slicePeers(panel.peers, panel.closeTime, from, to) } : {}),
  };
}

function sliceBeside(beside: Beside, from: number, to: number): Beside {
  return Object.fromEntries(
    Object.entries(beside).map(([name, column]: [string, Float64Array]) => [name, column.subarray(from, to)]),
  );
}

function slicePeers({ symbols, barMs }: Peers, clock: Float64Array, from: number, to: number): Peers {
  return {
    barMs,
    symbols: symbols.map(({ bars, member, sector }) => {
      const end = to > from ? upperBound(bars.closeTime, clock[to - 1]!) : 0;
      const begin = Math.max(0, end - (to - from));
      return { bars: sliceBars(bars, begin, end), member: member.subarray(begin, end), sector };
    }),
  };
}
