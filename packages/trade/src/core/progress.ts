/** How far a long piece of work has come. `total` is null while it is not known. */
export interface Progress {
  stage: string;
  done: number;
  total: number | null;
  /** seconds left, null while there is no estimate */
  secondsLeft: number | null;
  /** what to show beside the bar, in words */
  note?: string;
}

export type OnProgress = (progress: Progress) => void;
