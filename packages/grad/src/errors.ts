/** What the engine was given cannot be used: a wrong shape, option or name. One line, with the mend. */
export class GradUsageError extends Error {
  override readonly name: string = "GradUsageError";
  readonly exitCode = 2;
}

/** Bytes or numbers that are bad: a corrupt checkpoint or model, a loss that is not finite. */
export class GradDataError extends Error {
  override readonly name: string = "GradDataError";
  readonly exitCode = 3;
}
