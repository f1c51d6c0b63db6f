import type { Call, Route } from "../dialect.ts";
import { seedOf } from "../fault.ts";
import { yahooError } from "./yahooError.ts";

/** The cookie A3 and the crumb that belongs to it: the page gives the one, getcrumb the other to who shows it. */
export class CrumbDesk {
  readonly #seed: number;
  #round = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  get cookie(): string {
    return `d=${this.#text("cookie", 6)}&S=${this.#text("sign", 2)}`;
  }

  get crumb(): string {
    return this.#text("crumb", 2).slice(0, 11);
  }

  /** What was given out is worth nothing from now on. */
  renew(): void {
    this.#round++;
  }

  holdsCookie(call: Call): boolean {
    return (call.headers.cookie ?? "").split(/;\s*/).includes(`A3=${this.cookie}`);
  }

  #text(what: string, parts: number): string {
    return Array.from({ length: parts }, (_, i) =>
      seedOf(this.#seed, what, this.#round, i).toString(36).padStart(7, "0"),
    ).join("");
  }
}

export function crumbRoutes(desk: CrumbDesk): Route[] {
  return [
    {
      method: "GET",
      path: /^\/quote\/[^/]+\/?$/,
      handle: () => ({
        status: 200,
        body: "<!DOCTYPE html><html><head><title>Yahoo Finance</title></head><body></body></html>",
        type: "text/html; charset=utf-8",
        headers: {
          "set-cookie": [
            `A3=${desk.cookie}; Max-Age=31557600; Domain=.yahoo.com; Path=/; SameSite=None; Secure; HttpOnly`,
          ],
        },
      }),
    },
    {
      method: "GET",
      path: /^\/v1\/test\/getcrumb$/,
      handle: (call) =>
        desk.holdsCookie(call)
          ? { status: 200, body: desk.crumb, type: "text/plain;charset=utf-8" }
          : yahooError(call.path, 401, "Unauthorized", "Invalid Cookie"),
    },
  ];
}
