export * from "./classifyRegimes.ts";
export * from "./hmm/index.ts";
export * from "./regimeFeatures.ts";
export * from "./regimeRows.ts";
export * from "./regimeStatistics.ts";
export * from "./scoreRegimes.ts";
export * from "./walkForwardFolds.ts";
