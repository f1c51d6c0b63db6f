import { BAR_COLUMNS, type BarSeries } from "../market/bars.ts";
import type { BarKey, TimeRange } from "./barPlace.ts";
import { readBars } from "./readBars.ts";
import type { AllocateColumns } from "./readParquet.ts";
import type { Workspace } from "./workspace.ts";

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
  const already = handleOf(bars);
  if (already) return already;
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

/** Reads bars straight into shared memory. @throws DataError as `readBars` */
export async function readSharedBars(
  workspace: Workspace,
  key: BarKey,
  range: TimeRange = {},
): Promise<SharedBars> {
  const bars = await readBars(workspace, key, range, allocateShared);
  const buffer = bars.closeTime.buffer as SharedArrayBuffer;
  const handle: SharedBars = {
    instrument: bars.instrument,
    length: bars.length,
    capacity: buffer.byteLength / COLUMNS.length / NUMBER_BYTES,
    offset: bars.closeTime.byteOffset / NUMBER_BYTES,
    buffer,
  };
  // mark prices have no volume to read
  if (key.kind === "mark") openShared(handle).volume.fill(Number.NaN);
  return handle;
}

/** Room for all columns of bars in one shared buffer; the first `count` of them. */
const allocateShared: AllocateColumns = (rows, count) => {
  const buffer = new SharedArrayBuffer(rows * COLUMNS.length * NUMBER_BYTES);
  return Array.from({ length: count }, (_, k) => new Float64Array(buffer, k * rows * NUMBER_BYTES, rows));
};

/** The handle of bars that lie in shared memory as `openShared` gives them. */
function handleOf(bars: BarSeries): SharedBars | undefined {
  const { buffer, byteOffset } = bars.closeTime;
  if (!(buffer instanceof SharedArrayBuffer)) return undefined;
  const capacity = buffer.byteLength / COLUMNS.length / NUMBER_BYTES;
  const isOurs = COLUMNS.every(
    (name, k) =>
      bars[name].buffer === buffer && bars[name].byteOffset === byteOffset + k * capacity * NUMBER_BYTES,
  );
  if (!isOurs) return undefined;
  const offset = byteOffset / NUMBER_BYTES;
  return { instrument: bars.instrument, length: bars.length, capacity, offset, buffer };
}
