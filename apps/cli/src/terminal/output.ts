import type { Session } from "../session.ts";

let answered = false;

/** Whether the one document was printed: an error afterwards must not print another. */
export function hasAnswered(): boolean {
  return answered;
}

/** Prints the command's answer: the document with --json, the text for people otherwise. */
export function answer(session: Session, document: unknown, text: () => string): void {
  answered = true;
  process.stdout.write(session.json ? `${JSON.stringify(document, null, 2)}\n` : `${text()}\n`);
}

/** A line for people while something goes on; standard error, so that --json stays clean. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function percent(value: number | null, digits = 2): string {
  return value === null ? "–" : `${(value * 100).toFixed(digits)} %`;
}

export function decimal(value: number | null, digits = 2): string {
  return value === null ? "–" : value.toFixed(digits);
}

/** Rows under a header, columns padded; numbers are aligned right by the caller's choice of text. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((h, c) => Math.max(h.length, ...rows.map((r) => (r[c] ?? "").length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, c) => (c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!)))
      .join("  ")
      .trimEnd();
  return [line(header), line(widths.map((w) => "─".repeat(w))), ...rows.map(line)].join("\n");
}

/** 95 as `1 min 35 s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
