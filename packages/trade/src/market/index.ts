export * from "./barFault.ts";
export * from "./bars.ts";
export * from "./csv/parseCsv.ts";
export * from "./funding.ts";
export * from "./instrument.ts";
export * from "./joinBars.ts";
export * from "./timeGrid.ts";
