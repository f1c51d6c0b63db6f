import { isoTime } from "../../core/time.ts";
import type { AuditColumn, AuditVerdict } from "../../wire/audit.ts";

export type ColumnKind = AuditColumn["kind"];
/** The checks that look at columns one by one. */
export type ColumnCheck = "truncation" | "perturbation" | "warmUp";

interface Entry {
  kind: ColumnKind;
  name: string;
  compared: Record<ColumnCheck, number>;
  leaking: Record<ColumnCheck, number>;
  leaks: Partial<Record<ColumnCheck, AuditColumn["leaks"][number]>>;
  warmUpDeviation: number | null;
}

/** What a comparison of one column at one moment found. */
export interface Comparison {
  readonly kind: ColumnKind;
  readonly name: string;
  readonly check: ColumnCheck;
  /** values that were compared */
  readonly compared: number;
  /** the first of them that differs; null where none does */
  readonly leak: Difference | null;
}

export interface Difference {
  readonly symbol: string;
  /** close of the row, ms UTC */
  readonly row: number;
  /** ms UTC up to which bars were given, or after which they were changed */
  readonly moment: number;
  readonly was: number;
  readonly became: number;
  readonly note?: string;
}

/** Collects what the checks find, column by column. */
export class ColumnBook {
  readonly #entries = new Map<string, Entry>();

  record({ kind, name, check, compared, leak }: Comparison): void {
    const entry = this.#entry(kind, name);
    entry.compared[check] += compared;
    if (!leak) return;
    entry.leaking[check] += 1;
    entry.leaks[check] ??= {
      check,
      symbol: leak.symbol,
      row: isoTime(leak.row),
      moment: isoTime(leak.moment),
      was: Number.isFinite(leak.was) ? leak.was : null,
      became: Number.isFinite(leak.became) ? leak.became : null,
      ...(leak.note === undefined ? {} : { note: leak.note }),
    };
  }

  /** @param deviation largest distance of the column in units of its own deviation */
  deviation(kind: ColumnKind, name: string, deviation: number): void {
    const entry = this.#entry(kind, name);
    entry.warmUpDeviation = Math.max(entry.warmUpDeviation ?? 0, deviation);
  }

  /** Values compared by a check, moments at which one differed, and names of the columns that did. */
  summary(check: ColumnCheck): { compared: number; columns: number; leaking: string[] } {
    const entries = [...this.#entries.values()].filter((e) => e.compared[check] > 0);
    return {
      compared: entries.reduce((sum, e) => sum + e.compared[check], 0),
      columns: entries.length,
      leaking: entries.filter((e) => e.leaking[check] > 0).map((e) => `${e.kind} ${e.name}`),
    };
  }

  columns(): AuditColumn[] {
    const verdict = (e: Entry, check: ColumnCheck): AuditVerdict =>
      e.compared[check] === 0 ? "not judged" : e.leaking[check] > 0 ? "leak" : "clean";
    return [...this.#entries.values()].map((e) => ({
      kind: e.kind,
      name: e.name,
      truncation: verdict(e, "truncation"),
      perturbation: verdict(e, "perturbation"),
      warmUp: verdict(e, "warmUp"),
      // no finite distance between a number and none
      warmUpDeviation: Number.isFinite(e.warmUpDeviation ?? 0) ? e.warmUpDeviation : null,
      leaks: Object.values(e.leaks),
    }));
  }

  #entry(kind: ColumnKind, name: string): Entry {
    const key = `${kind} ${name}`;
    let entry = this.#entries.get(key);
    if (!entry) {
      const none = (): Record<ColumnCheck, number> => ({ truncation: 0, perturbation: 0, warmUp: 0 });
      entry = { kind, name, compared: none(), leaking: none(), leaks: {}, warmUpDeviation: null };
      this.#entries.set(key, entry);
    }
    return entry;
  }
}

/** The first of the first `n` places at which two columns differ, NaN equal to NaN; -1 where they are alike. */
export function firstDifference(a: ArrayLike<number>, b: ArrayLike<number>, n: number): number {
  for (let t = 0; t < n; t++) {
    const [x, y] = [a[t]!, b[t]!];
    if (x !== y && !(Number.isNaN(x) && Number.isNaN(y))) return t;
  }
  return -1;
}
