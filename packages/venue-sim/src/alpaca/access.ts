import { timingSafeEqual } from "node:crypto";
import { type Answer, type Call, json, Refused } from "../dialect.ts";
import type { Tape } from "../tape.ts";
import type { World } from "../world.ts";

/** Null when the request may pass: 401 without keys, 403 with wrong ones. */
export function isAllowed(call: Call): Answer | null {
  const id = call.headers["apca-api-key-id"];
  const secret = call.headers["apca-api-secret-key"];
  if (typeof id !== "string" || typeof secret !== "string" || id === "" || secret === "") {
    return json({ code: 40110000, message: "request is not authorized" }, 401);
  }
  return areKeys(call.world, id, secret) ? null : json({ message: "forbidden." }, 403);
}

export function areKeys(world: World, id: string, secret: string): boolean {
  const keys = world.keys.alpaca;
  return keys === undefined || (isSame(id, keys.keyId) && isSame(secret, keys.secret));
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

export const invalid = (message: string): never => {
  throw new Refused(json({ message }, 400));
};

export const tapeOf = (world: World, symbol: string): Tape | null => world.tape("alpaca", "stock", symbol);

/** Symbols that the request asks for, checked; a name that was never listed is well formed and has no data. */
export function symbolsOf(call: Call): string[] {
  const text = call.query.get("symbols");
  if (!text) return invalid("symbols is required");
  const symbols = [...new Set(text.split(","))];
  for (const symbol of symbols) checkSymbol(symbol);
  return symbols;
}

export function checkSymbol(symbol: string): string {
  return /^[A-Z][A-Z0-9.]{0,9}$/.test(symbol) ? symbol : invalid(`invalid symbol: ${symbol}`);
}

/** RFC 3339 or a date; a date as an end means its last instant. */
export function timeOf(call: Call, name: "start" | "end"): number | null {
  const text = call.query.get(name);
  if (text === null) return null;
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const at = Date.parse(text);
  if (!/^\d{4}-\d{2}-\d{2}(T|$)/.test(text) || Number.isNaN(at)) {
    return invalid(
      `Invalid format for parameter ${name}: error parsing '${text}' as RFC3339 or 2006-01-02 time`,
    );
  }
  return isDate && name === "end" ? at + 86_399_999 : at;
}
