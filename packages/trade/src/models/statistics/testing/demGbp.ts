import { readFileSync } from "node:fs";

/** 1,974 daily returns of DEM/GBP in percent, the benchmark series of GARCH software; the file names its source. */
export function demGbp(): Float64Array {
  const lines = readFileSync(new URL("./dem2gbp.csv", import.meta.url), "utf8")
    .trim()
    .split("\n");
  return Float64Array.from(lines.slice(3), Number);
}
