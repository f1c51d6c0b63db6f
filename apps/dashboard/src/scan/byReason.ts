/** Dropped symbols under what they have in common: the words before the first colon, figures aside. */
export function byReason(
  dropped: readonly { symbol: string; reason: string }[],
): { reason: string; symbols: readonly { symbol: string; detail: string }[] }[] {
  const groups = new Map<string, { symbol: string; detail: string }[]>();
  for (const { symbol, reason } of dropped) {
    const colon = reason.indexOf(": ");
    const key = colon > 0 ? reason.slice(0, colon) : reason.replace(/\b\d[\d,.]*\b/g, "…");
    const detail = colon > 0 ? reason.slice(colon + 2) : reason;
    groups.set(key, [...(groups.get(key) ?? []), { symbol, detail }]);
  }
  return [...groups]
    .map(([reason, symbols]) => ({ reason, symbols }))
    .sort((a, b) => b.symbols.length - a.symbols.length || (a.reason < b.reason ? -1 : 1));
}
