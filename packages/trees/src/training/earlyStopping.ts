/** Keeps the best round of a measure where lower is better, and says when it has not improved for `patience` rounds. */
export class EarlyStopping {
  readonly history: number[] = [];
  readonly #patience: number;
  #best = Number.POSITIVE_INFINITY;
  #bestRound = 0;

  /** patience 0: never stops, and every round is kept */
  constructor(patience: number) {
    this.#patience = patience;
  }

  /** Whether to stop after this round. */
  add(measure: number): boolean {
    this.history.push(measure);
    if (measure < this.#best) {
      this.#best = measure;
      this.#bestRound = this.history.length;
    }
    return this.#patience > 0 && this.history.length - this.#bestRound >= this.#patience;
  }

  /** Rounds to keep of those trained: up to the best, the first of equals; all where no early stopping was asked for. */
  keptOf(trained: number): number {
    return this.#patience > 0 && this.#bestRound > 0 ? this.#bestRound : trained;
  }
}
