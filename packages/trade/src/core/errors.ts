/** What a process says when it ends on an error; scripts rely on the numbers. */
export type ExitCode = 1 | 2 | 3 | 4;

/**
 * A fault that is told to the user in one line: what happened, where, and how to mend it.
 * Anything else that is thrown is a defect of Orion (exit code 1).
 */
export class OrionError extends Error {
  readonly exitCode: ExitCode;
  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.exitCode = exitCode;
  }
}

/** Wrong usage or configuration: an unknown option, a recipe key, a port that is taken. Exit code 2. */
export class UsageError extends OrionError {
  constructor(message: string, options?: ErrorOptions) {
    super(2, message, options);
  }
}

/** Bad or missing data: a broken file, a column, a time, a range without bars. Exit code 3. */
export class DataError extends OrionError {
  constructor(message: string, options?: ErrorOptions) {
    super(3, message, options);
  }
}

/** Refused by a risk rule or a safety guard. Exit code 4. */
export class RefusedError extends OrionError {
  constructor(message: string, options?: ErrorOptions) {
    super(4, message, options);
  }
}

/** The message of whatever was thrown, on one line. */
export function messageOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.replace(/\s*\n\s*/g, " ").trim();
}
