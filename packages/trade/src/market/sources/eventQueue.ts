/** First in, first out, for one reader that waits. */
export class EventQueue<T> {
  readonly #held: T[] = [];
  #wake: ((event: T) => void) | undefined;

  push(event: T): void {
    const wake = this.#wake;
    this.#wake = undefined;
    if (wake) wake(event);
    else this.#held.push(event);
  }

  async next(): Promise<T> {
    if (this.#held.length > 0) return this.#held.shift()!;
    return await new Promise<T>((resolve) => {
      this.#wake = resolve;
    });
  }
}
