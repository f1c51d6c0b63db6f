import { BAR_COLUMNS, type BarSeries } from "../market/bars.ts";
import type { AllocateColumns } from "./readParquet.ts";

const COLUMNS = ["closeTime", ...BAR_COLUMNS] as const;
const NUMBER_BYTES = Float64Array.BYTES_PER_ELEMENT;

/**
 * Bars in memory that several threads see. It may be sent to a worker (`postMessage`, `workerData`) as it is: only this
 * handle is copied, never the numbers. Column k begins at number k * capacity + offset of the buffer.
 *
 * Networks do not take shared memory: ONNX Runtime refuses a tensor on it. Batches are gathered from it into buffers of
 * their own, as features are: those are ordinary Float32Arrays.
 */
export interface SharedBars {
  readonly instrument: string;
  readonly length: number;
  readonly capacity: number;
  readonly offset: number;
  readonly buffer: SharedArrayBuffer;
}

/** A copy of bars in shared memory; bars that are there already are not copied. */
export function shareColumns(bars: BarSeries): SharedBars {
  if (isShared(bars)) return handleOf(bars);
  const columns = allocateShared(bars.length, COLUMNS.length);
  for (const [k, name] of COLUMNS.entries()) columns[k]!.set(bars[name]);
  return {
    instrument: bars.instrument,
    length: bars.length,
    capacity: bars.length,
    offset: 0,
    buffer: columns[0]!.buffer as SharedArrayBuffer,
  };
}

/** The bars of a handle as views: the same numbers in every thread, what one writes all read. */
export function openShared(handle: SharedBars): BarSeries {
  const { instrument, length, capacity, offset, buffer } = handle;
  const column = (k: number): Float64Array =>
    new Float64Array(buffer, (k * capacity + offset) * NUMBER_BYTES, length);
  return {
    instrument,
    length,
    closeTime: column(0),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
  };
}

/** Room for all columns of bars in one shared buffer; the first `count` of them. */
export const allocateShared: AllocateColumns = (rows, count) => {
  const buffer = new SharedArrayBuffer(rows * COLUMNS.length * NUMBER_BYTES);
  return Array.from({ length: count }, (_, k) => new Float64Array(buffer, k * rows * NUMBER_BYTES, rows));
};

/** The handle of bars of which at least the times lie in memory of `allocateShared`. */
export function handleOf({ instrument, length, closeTime }: BarSeries): SharedBars {
  const buffer = closeTime.buffer as SharedArrayBuffer;
  const capacity = buffer.byteLength / COLUMNS.length / NUMBER_BYTES;
  return { instrument, length, capacity, offset: closeTime.byteOffset / NUMBER_BYTES, buffer };
}

/** Whether bars lie in shared memory as `openShared` gives them. */
function isShared(bars: BarSeries): boolean {
  const { buffer, byteOffset } = bars.closeTime;
  if (!(buffer instanceof SharedArrayBuffer)) return false;
  const capacity = buffer.byteLength / COLUMNS.length / NUMBER_BYTES;
  return COLUMNS.every(
    (name, k) =>
      bars[name].buffer === buffer && bars[name].byteOffset === byteOffset + k * capacity * NUMBER_BYTES,
  );
}
