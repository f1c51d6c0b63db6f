import type { WebSocket } from "ws";
import type { Fault } from "./fault.ts";
import type { VenueName } from "./served.ts";
import type { World } from "./world.ts";

type Payload = string | Uint8Array;

/** One stream's socket; what is sent through it suffers the plan's faults. */
export class Channel {
  readonly socket: WebSocket;
  readonly #world: World;
  readonly #venue: VenueName;
  readonly #encode: (message: unknown) => Payload;
  #isSilent = false;
  /** late messages with the number of messages that may still pass them */
  #held: { payload: Payload; left: number }[] = [];

  constructor(
    socket: WebSocket,
    world: World,
    venue: VenueName,
    encode: (m: unknown) => Payload = JSON.stringify,
  ) {
    this.socket = socket;
    this.#world = world;
    this.#venue = venue;
    this.#encode = encode;
    // a client's broken frame ends its socket and nothing else
    socket.on("error", () => socket.terminate());
    socket.on("ping", (data) => {
      if (!this.#isSilent) socket.pong(data);
    });
  }

  get isOpen(): boolean {
    return this.socket.readyState === 1 && !this.#isSilent;
  }

  /** Half-open from now on: TCP stays, nothing comes any more, not even a pong. */
  silence(): void {
    this.#isSilent = true;
  }

  /** The connection ends without a closing handshake: the client sees close code 1006. */
  drop(): void {
    this.socket.terminate();
  }

  /** Sends an answer to the client's own message: no fault but silence touches it. */
  reply(message: unknown): void {
    if (this.isOpen) this.socket.send(this.#encode(message));
  }

  /**
   * Sends a market message of `stream`; `unclosed` is what it would say of a bar that is not closed yet.
   */
  send(stream: string, message: unknown, unclosed?: () => unknown): void {
    if (!this.isOpen) return;
    const struck = this.#world.faults.strike({ venue: this.#venue, on: "message", route: stream });
    const has = (kind: Fault["kind"]): Fault | undefined => struck.find((f) => f.kind === kind);
    if (has("drop")) this.drop();
    if (has("half-open")) this.silence();
    if (!this.isOpen) return;
    if (has("unknown"))
      this.socket.send(this.#encode({ e: "aKindThatNoDocumentNames", T: "zz", payload: [stream] }));
    if (has("miss")) return;
    const skew = has("skew");
    const said = has("unclosed") && unclosed ? unclosed() : message;
    const whole = this.#encode(skew ? skewed(said, skew.skewMs ?? 60_000) : said);
    const payload = has("garbage") ? cutInHalf(whole) : whole;
    const late = has("late") ?? has("reorder");
    if (late) {
      this.#held.push({ payload, left: late.kind === "late" ? (late.by ?? 3) : 1 });
      return;
    }
    const slow = has("slow");
    if (slow) setTimeout(() => this.isOpen && this.socket.send(payload), slow.delayMs ?? 1000).unref();
    else this.socket.send(payload);
    if (has("duplicate")) this.socket.send(payload);
    this.#release();
  }

  #release(): void {
    for (const held of this.#held) held.left--;
    const due = this.#held.filter((h) => h.left <= 0);
    this.#held = this.#held.filter((h) => h.left > 0);
    for (const { payload } of due) this.socket.send(payload);
  }
}

const cutInHalf = (payload: Payload): Payload => payload.slice(0, payload.length >> 1);

/** The message with its event time `E` moved. */
function skewed(message: unknown, ms: number): unknown {
  if (typeof message !== "object" || message === null) return message;
  if ("E" in message && typeof message.E === "number") return { ...message, E: message.E + ms };
  return "data" in message ? { ...message, data: skewed(message.data, ms) } : message;
}
