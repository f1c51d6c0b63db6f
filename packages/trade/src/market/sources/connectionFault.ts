/** An answer that is none: a proxy's page, or JSON that ends too early. It may be asked for again. */
export class CutAnswer extends Error {}

/** A connection that ended before or within an answer: fetch throws it raw, with the socket's code or as its cause. */
export function isConnectionFault(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const code = "code" in thrown ? String(thrown.code) : "";
  return (
    /^(UND_ERR_|ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH)/.test(code) ||
    isConnectionFault(thrown.cause)
  );
}

/** What Retry-After asks for, in ms: seconds or a date. Null when it says neither. */
export function retryAfterMs(value: unknown, nowMs: number): number | null {
  if (typeof value !== "string" || value.trim() === "") return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return seconds >= 0 ? seconds * 1000 : null;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - nowMs);
}
