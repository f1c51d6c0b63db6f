/** What a library was asked for cannot be done: an unknown option, a library that is not there. One line, with the mend. */
export class TreesUsageError extends Error {
  override readonly name: string = "TreesUsageError";
  readonly exitCode = 2;
}

/** Bytes or numbers that are bad: a damaged model, labels of one class, an infinite feature. */
export class TreesDataError extends Error {
  override readonly name: string = "TreesDataError";
  readonly exitCode = 3;
}
