import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Channel } from "./channel.ts";
import type { Fault } from "./fault.ts";
import type { VenueName } from "./served.ts";
import type { World } from "./world.ts";

/** A request as a route sees it. */
export interface Call {
  readonly world: World;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** what the route's pattern caught */
  readonly caught: readonly string[];
  /** what the venue knows: bars after this are not served, the one that holds it is forming */
  readonly now: number;
  /** the time that the venue tells; differs from `now` under skew */
  readonly toldTime: number;
  /** faults that the route itself acts out: `unclosed` */
  readonly faults: readonly Fault[];
}

export interface Answer {
  readonly status: number;
  /** sent as JSON; a text is sent as it is, as `type` */
  readonly body: unknown;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: RegExp;
  readonly handle: (call: Call) => Answer;
}

export type Refusal = "429" | "418" | "5xx" | "token" | "unknown-symbol" | "not-found" | "broken";

/** One venue's way to speak. */
export interface Dialect {
  readonly venue: VenueName;
  readonly routes: readonly Route[];
  /** headers of every answer */
  headers(call: Call): Record<string, string>;
  /** how it says no */
  refuse(why: Refusal, call: Call, fault?: Fault): Answer;
  /** takes a new stream */
  connect?(channel: Channel, request: IncomingMessage, url: URL): void;
  /** true where a stream lives, asked before the socket is upgraded */
  hasStream?(url: URL): boolean;
  /** how it writes the messages of a stream that was asked for so; default JSON */
  encoder?(request: IncomingMessage): ((message: unknown) => string | Uint8Array) | undefined;
  close?(): void;
}

/** Thrown by a route: the venue says no. */
export class Refused extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`refused with status ${answer.status}`);
    this.answer = answer;
  }
}

export const json = (body: unknown, status = 200): Answer => ({ status, body });
