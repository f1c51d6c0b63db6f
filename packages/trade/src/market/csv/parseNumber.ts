/** A plain decimal number, or NaN for anything else: an empty field, text, `Infinity`, `0x10`, `1_000`. */
export function parseNumber(text: string): number {
  const value = Number(text);
  // Number() also reads blanks as 0, and 0x, 0b and 0o notations
  if (value === 0 && text.trim() === "") return Number.NaN;
  if (!Number.isFinite(value)) return Number.NaN;
  return /^\s*[+-]?0[xob]/i.test(text) ? Number.NaN : value;
}
