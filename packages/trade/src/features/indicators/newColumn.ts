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
  return isOpen ? rawColumn(length).fill(0) : new Float64Array(length);
}

/**
 * As `newColumn`, but its rows hold anything: for kernels whose loop writes every row whatever the data are, with no row left out
 * by a condition. A row left as it was would be another symbol's number; a test gives all kernels such memory.
 */
export function rawColumn(length: number): Float64Array {
  if (!isOpen || length > capacity) return new Float64Array(length);
  const buffer = free.pop() ?? new ArrayBuffer(capacity * Float64Array.BYTES_PER_ELEMENT);
  lent.push(buffer);
  return new Float64Array(buffer, 0, length);
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
