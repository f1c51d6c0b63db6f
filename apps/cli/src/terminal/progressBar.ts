import { SingleBar } from "cli-progress";
import { duration, say } from "./output.ts";

export interface ProgressUpdate {
  stage: string;
  done: number;
  total: number | null;
  secondsLeft: number | null;
  note?: string;
}

/** A bar with time left on a terminal; a line every few seconds elsewhere (logs, CI). */
export interface ProgressBar {
  update(progress: ProgressUpdate): void;
  stop(): void;
}

const secondsBetweenLines = 5;

export function progressBar(): ProgressBar {
  return process.stderr.isTTY ? terminalBar() : logLines();
}

function terminalBar(): ProgressBar {
  let bar: SingleBar | undefined;
  let stage: string | undefined;
  return {
    update(p) {
      if (!bar || stage !== p.stage) {
        bar?.stop();
        stage = p.stage;
        bar = new SingleBar({
          stream: process.stderr,
          format: "{stage} {bar} {percentage} %  {left}  {note}",
          barCompleteChar: "█",
          barIncompleteChar: "░",
          barsize: 24,
          hideCursor: true,
          clearOnComplete: false,
          fps: 8,
        });
        bar.start(p.total ?? Math.max(1, p.done), 0, { stage: p.stage.padEnd(12), left: "", note: "" });
      }
      if (p.total !== null) bar.setTotal(p.total);
      bar.update(p.done, {
        left: p.secondsLeft === null ? "" : `${duration(p.secondsLeft)} left`,
        note: p.note ?? "",
      });
    },
    stop() {
      bar?.stop();
      bar = undefined;
    },
  };
}

function logLines(): ProgressBar {
  let last = 0;
  let stage = "";
  return {
    update(p) {
      const now = performance.now() / 1000;
      if (p.stage === stage && now - last < secondsBetweenLines) return;
      stage = p.stage;
      last = now;
      const share = p.total ? ` ${Math.floor((100 * p.done) / p.total)} %` : "";
      const left = p.secondsLeft === null ? "" : `, ${duration(p.secondsLeft)} left`;
      say(`${p.stage}${share}${left}${p.note ? `  ${p.note}` : ""}`);
    },
    stop() {},
  };
}
