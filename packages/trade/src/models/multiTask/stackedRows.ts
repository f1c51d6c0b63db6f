import { DataError } from "../../core/errors.ts";
import { usableRows } from "../validation/usableRows.ts";

/** One instrument's columns before they are stacked, all of the bars' length. */
export interface SymbolRows {
  readonly symbol: string;
  /** ms UTC, strictly ascending */
  readonly closeTime: Float64Array;
  /** ms UTC at which the row's labels are the future no more; Infinity for none */
  readonly knownAt: Float64Array;
  /** closing prices, where the training weighs rows by returns */
  readonly close?: Float64Array;
  /** F columns of features, NaN where there is no value */
  readonly features: readonly Float32Array[];
  /** columns of targets by name */
  readonly targets: Readonly<Record<string, Float32Array>>;
  /** rows before this one are not used: the features' memory is not full there */
  readonly firstRow: number;
}

/** Where an instrument's rows lie in the stack: [from, to). */
export interface SymbolRange {
  readonly symbol: string;
  readonly from: number;
  readonly to: number;
}

/** Many instruments one below the other; a window of T rows ends at a usable row and lies inside one of them. */
export interface StackedRows {
  readonly symbols: readonly SymbolRange[];
  readonly closeTime: Float64Array;
  readonly knownAt: Float64Array;
  /** where every instrument has its own */
  readonly close?: Float64Array;
  readonly features: readonly Float32Array[];
  readonly targets: Readonly<Record<string, Float32Array>>;
  /** ascending rows whose whole window is finite, inside one instrument, and whose targets are known */
  readonly usable: Int32Array;
}

/**
 * Stacks instruments of the same columns. Windows are cut per instrument before stacking, so that no window begins in
 * one and ends in another.
 * @throws DataError when an instrument's columns are not those of the first
 */
export function stackRows(parts: readonly SymbolRows[], window: number): StackedRows {
  const [first] = parts;
  if (!first) throw new DataError("no symbol is left to train on: import more bars");
  const names = Object.keys(first.targets);
  const symbols: SymbolRange[] = [];
  const usable: number[] = [];
  let offset = 0;
  for (const part of parts) {
    const length = part.closeTime.length;
    if (
      part.features.length !== first.features.length ||
      names.some((name) => part.targets[name]?.length !== length) ||
      part.features.some((column) => column.length !== length) ||
      part.knownAt.length !== length ||
      (part.close ?? part.closeTime).length !== length
    ) {
      throw new DataError(`${part.symbol}: its columns do not fit those of ${first.symbol}`);
    }
    for (const row of rowsOf(part, window)) usable.push(offset + row);
    symbols.push({ symbol: part.symbol, from: offset, to: offset + length });
    offset += length;
  }
  const into = offset;
  const join32 = (pick: (part: SymbolRows) => Float32Array): Float32Array => {
    const out = new Float32Array(into);
    parts.forEach((part, i) => {
      out.set(pick(part), symbols[i]!.from);
    });
    return out;
  };
  const join64 = (pick: (part: SymbolRows) => Float64Array): Float64Array => {
    const out = new Float64Array(into);
    parts.forEach((part, i) => {
      out.set(pick(part), symbols[i]!.from);
    });
    return out;
  };
  return {
    symbols,
    closeTime: join64((p) => p.closeTime),
    knownAt: join64((p) => p.knownAt),
    ...(parts.every((p) => p.close) ? { close: join64((p) => p.close!) } : {}),
    features: first.features.map((_, f) => join32((p) => p.features[f]!)),
    targets: Object.fromEntries(names.map((name) => [name, join32((p) => p.targets[name]!)])),
    usable: Int32Array.from(usable),
  };
}

/** Rows of one instrument, counted from its own first, at which a window ends and every target is known. */
export function rowsOf(part: SymbolRows, window: number): Int32Array {
  const first = part.firstRow + window - 1;
  return usableRows(part.features, window, Object.values(part.targets)).filter(
    (row) => row >= first && Number.isFinite(part.knownAt[row]!),
  );
}
