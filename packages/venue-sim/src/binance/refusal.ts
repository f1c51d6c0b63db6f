import { type Answer, type Call, json, type Refusal, Refused } from "../dialect.ts";
import type { Fault } from "../fault.ts";

/** Codes and texts of developers.binance.com/docs/binance-spot-api-docs/errors and …/usds-margined-futures/error-code. */
export function binanceRefusal(why: Refusal, call: Call, fault?: Fault): Answer {
  const untilMs = Math.round(call.now + (fault?.retryAfterSeconds ?? 1) * 1000);
  switch (why) {
    case "429":
      return error(
        429,
        -1003,
        "Too much request weight used; current limit is 6000 request weight per 1 MINUTE. " +
          "Please use WebSocket Streams for live updates to avoid polling the API.",
      );
    case "418":
      return error(
        418,
        -1003,
        `Way too much request weight used; IP banned until ${untilMs}. ` +
          "Please use WebSocket Streams for live updates to avoid bans.",
      );
    case "5xx":
      return error(
        fault?.status ?? 503,
        -1001,
        "Internal error; unable to process your request. Please try again.",
      );
    case "token":
      return error(401, -2015, "Invalid API-key, IP, or permissions for action.");
    case "unknown-symbol":
      return error(400, -1121, "Invalid symbol.");
    case "not-found":
      return json({ code: -5000, msg: `Path ${call.path}, Method ${call.method} is invalid` }, 404);
    case "broken":
      return error(500, -1000, "An unknown error occurred while processing the request.");
  }
}

export const error = (status: number, code: number, msg: string): Answer => json({ code, msg }, status);

export const refuse = (status: number, code: number, msg: string): never => {
  throw new Refused(error(status, code, msg));
};

export const missing = (name: string): never =>
  refuse(400, -1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`);

/** A whole number of the query; absent is `fallback`, anything else is refused as the venue does. */
export function wholeNumber<T extends number | null>(call: Call, name: string, fallback: T): number | T {
  const text = call.query.get(name);
  if (text === null) return fallback;
  if (!/^\d{1,16}$/.test(text)) {
    refuse(400, -1100, `Illegal characters found in parameter '${name}'; legal range is '^[0-9]{1,20}$'.`);
  }
  return Number(text);
}
