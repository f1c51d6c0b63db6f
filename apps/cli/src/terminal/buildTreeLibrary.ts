import { buildLightgbm } from "@orion/trade/models";
import { progressBar } from "./progressBar.ts";

/** Compiling is nearly all of the time: little can be told from less than this share of it. */
const ENOUGH_PERCENT = 5;

/** Builds LightGBM, with progress on standard error, and gives its path. */
export async function buildTreeLibrary(signal: AbortSignal): Promise<string> {
  const bar = progressBar();
  let started = performance.now();
  try {
    return await buildLightgbm({
      signal,
      onProgress: ({ stage, done }) => {
        if (stage !== "compiling" || done === 0) started = performance.now();
        const seconds = (performance.now() - started) / 1000;
        bar.update({
          stage,
          done,
          total: stage === "compiling" ? 100 : null,
          secondsLeft: done < ENOUGH_PERCENT ? null : (seconds * (100 - done)) / done,
          note: "LightGBM, built once and kept",
        });
      },
    });
  } finally {
    bar.stop();
  }
}
