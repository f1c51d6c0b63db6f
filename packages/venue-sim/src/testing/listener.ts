import WebSocket from "ws";

/** A client of a stream that keeps all that comes. */
export class Listener {
  readonly messages: unknown[] = [];
  /** messages that were no JSON */
  broken = 0;
  /** the close code, once it closes */
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => {
      try {
        this.messages.push(JSON.parse(String(data)));
      } catch {
        this.broken++;
      }
    });
    this.closed = new Promise((resolve) => {
      socket.on("close", resolve);
    });
  }

  static async open(url: string): Promise<Listener> {
    const socket = new WebSocket(url);
    const listener = new Listener(socket);
    await new Promise<void>((resolve, reject) => {
      socket.on("open", resolve);
      socket.on("error", reject);
    });
    return listener;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  send(message: unknown): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** True when a pong comes within `waitMs`. */
  async ping(waitMs: number): Promise<boolean> {
    this.#socket.ping();
    return await new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), waitMs);
      this.#socket.once("pong", () => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  /** Waits until what was sent so far has come: frames keep their order, so a pong is the last of them. */
  async settle(): Promise<void> {
    if (this.isOpen) await this.ping(2000);
  }

  end(): void {
    this.#socket.terminate();
  }
}
