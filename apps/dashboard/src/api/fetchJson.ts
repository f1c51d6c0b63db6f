import { ErrorBody } from "@orion/trade/wire";
import type { z } from "zod";

/** A refusal or fault that the server told; `status` is 0 when it could not be reached. */
export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}

export interface Ask {
  method?: "GET" | "POST";
  query?: Record<string, string | number | undefined>;
  body?: object;
  signal?: AbortSignal;
}

/** Asks the server and checks the answer against its schema. @throws ApiError */
export async function fetchJson<S extends z.ZodType>(
  path: string,
  schema: S,
  ask: Ask = {},
): Promise<z.output<S>> {
  const given = Object.entries(ask.query ?? {}).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, String(value)] satisfies [string, string]],
  );
  const url = given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
  let response: Response;
  try {
    response = await fetch(url, {
      method: ask.method ?? "GET",
      ...(ask.body
        ? { body: JSON.stringify(ask.body), headers: { "content-type": "application/json" } }
        : {}),
      ...(ask.signal ? { signal: ask.signal } : {}),
    });
  } catch (error) {
    if (ask.signal?.aborted) throw error;
    throw new ApiError(0, "The server cannot be reached. Is 'orion serve' still running?");
  }
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) {
    const told = ErrorBody.safeParse(body);
    throw new ApiError(
      response.status,
      told.success ? told.data.error : `The server answered ${response.status}.`,
    );
  }
  const parsed = schema.safeParse(body);
  if (!parsed.success) {
    throw new ApiError(
      response.status,
      `The server's answer to ${path} is not understood: is it of another version?`,
    );
  }
  return parsed.data;
}
