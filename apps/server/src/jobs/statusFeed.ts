/** A value that changes while work goes on, and those who want to hear of it. */
export class StatusFeed<S> {
  #status: S;
  readonly #listeners = new Set<(status: S) => void>();

  constructor(initial: S) {
    this.#status = initial;
  }

  get status(): S {
    return this.#status;
  }

  publish(status: S): void {
    this.#status = status;
    for (const listener of [...this.#listeners]) listener(status);
  }

  /** Calls `listener` at each change until the returned function is called. */
  on(listener: (status: S) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
