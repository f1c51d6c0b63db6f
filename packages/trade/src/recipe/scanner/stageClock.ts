import type { OnProgress } from "../../core/progress.ts";

/** Before a hundredth of the work, or half a minute, a pace says more of threads and files being opened than of the work. */
const isTelling = (seconds: number, share: number): boolean =>
  seconds >= 30 || (seconds >= 2 && share >= 0.01);

/** How far a stage of many pieces is, and how long its rest takes at the pace so far. */
export interface StageClock {
  /** @param share of the piece at work that is done, 0 to 1 */
  at(share: number, note: string): void;
  /** So much more is done. What was kept from before took no time, and says nothing of the pace. */
  done(pieces: number, note: string, wasKept?: boolean): void;
  /** So many pieces are not needed after all. */
  drop(pieces: number): void;
}

export function stageClock(stage: string, pieces: number, onProgress: OnProgress | undefined): StageClock {
  const began = performance.now();
  let [total, done, kept] = [pieces, 0, 0];
  const tell = (share: number, note: string): void => {
    const seconds = (performance.now() - began) / 1000;
    const worked = done + share - kept;
    const left = total - done - share;
    const isTold = worked > 0 && isTelling(seconds, worked / (worked + left));
    const secondsLeft = isTold ? (seconds / worked) * left : null;
    onProgress?.({ stage, done: done + share, total, secondsLeft, note });
  };
  return {
    at: tell,
    done(more, note, wasKept = false) {
      done += more;
      if (wasKept) kept += more;
      tell(0, note);
    },
    drop(fewer) {
      total -= fewer;
    },
  };
}
