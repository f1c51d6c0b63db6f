export * from "./regimeLabels.ts";
export * from "./regimeRule.ts";
export * from "./regimes.ts";
