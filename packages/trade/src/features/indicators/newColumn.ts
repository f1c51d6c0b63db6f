/**
 * Columns up to so many rows serve again. Longer ones are too much memory to keep: a set of a hundred columns makes three hundred, and
 * those of a million rows are better freed as soon as they are read.
 */
const LONGEST = 16_384;

let isOpen = false;
/** rows that each buffer has room for */
let capacity = 0;
let free: ArrayBuffer[] = [];
let lent: ArrayBuffer[] = [];

/** A column of zeros, what kernels write to; within `recyclingColumns` in memory that an earlier column had. */
export function newColumn(length: number): Float64Array {
  if (!isOpen || length > capacity) return new Float64Array(length);
  const used = free.pop();
  const buffer = used ?? new ArrayBuffer(capacity * Float64Array.BYTES_PER_ELEMENT);
  lent.push(buffer);
  const column = new Float64Array(buffer, 0, length);
  return used === undefined ? column : column.fill(0);
}

/**
 * Does work whose columns are all forgotten when it is over: it may give back numbers and copies, no column of `newColumn`. The next
 * work of this thread writes into the same memory, where fresh columns for one symbol after another, and their collection while
 * another thread does the same, take half as long as the kernels.
 * @param length rows of the columns; longer ones made within come from fresh memory
 */
export function recyclingColumns<T>(length: number, work: () => T): T {
  if (isOpen || length > LONGEST) return work();
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, length)));
  if (wanted !== capacity) free = [];
  capacity = wanted;
  isOpen = true;
  try {
    return work();
  } finally {
    isOpen = false;
    for (const buffer of lent) free.push(buffer);
    lent = [];
  }
}
