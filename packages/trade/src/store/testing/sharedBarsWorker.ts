/** A thread for tests: opens shared bars, answers with what it reads, then writes a number that the other side reads. */
import { parentPort, workerData } from "node:worker_threads";
import { openShared, type SharedBars } from "../sharedBars.ts";

const bars = openShared(workerData as SharedBars);
parentPort?.once("message", () => {
  const sum = bars.close.reduce((a, b) => a + b, 0);
  bars.volume[bars.length - 1] = -42;
  parentPort?.postMessage({ instrument: bars.instrument, length: bars.length, first: bars.open[0], sum });
});
