import { z } from "zod";
import type { Channel } from "../channel.ts";
import type { BinanceMarket } from "./exchange.ts";

/** One socket and what it listens to. */
export interface Subscriber {
  readonly channel: Channel;
  readonly market: BinanceMarket;
  isCombined: boolean;
  readonly streams: Set<string>;
}

const requestSchema = z.object({
  method: z.enum(["SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY"]),
  params: z.array(z.union([z.string(), z.boolean()])).optional(),
  id: z.union([z.int(), z.string(), z.null()]).optional(),
});

/** What the venue answers to a client's message: …/web-socket-streams#live-subscribingunsubscribing-to-streams. */
export function answerOf(subscriber: Subscriber, text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { error: { code: 3, msg: "Invalid JSON: expected value at line 1 column 1" }, id: null };
  }
  const asked = requestSchema.safeParse(value);
  if (!asked.success) {
    const issue = asked.error.issues[0];
    return {
      error: { code: 2, msg: `Invalid request: ${issue?.path.join(".")} ${issue?.message}` },
      id: null,
    };
  }
  const { method, params = [], id = null } = asked.data;
  const names = params.filter((p): p is string => typeof p === "string");
  switch (method) {
    case "SUBSCRIBE":
      for (const name of names) subscriber.streams.add(name);
      return { result: null, id };
    case "UNSUBSCRIBE":
      for (const name of names) subscriber.streams.delete(name);
      return { result: null, id };
    case "LIST_SUBSCRIPTIONS":
      return { result: [...subscriber.streams].filter((s) => s.includes("@")), id };
    case "SET_PROPERTY":
      if (params[0] !== "combined" || typeof params[1] !== "boolean") {
        return { error: { code: 0, msg: "Unknown property" }, id };
      }
      subscriber.isCombined = params[1];
      return { result: null, id };
    case "GET_PROPERTY":
      return { result: subscriber.isCombined, id };
  }
}
