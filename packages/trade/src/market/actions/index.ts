export * from "./adjustBars.ts";
export * from "./factorsFromAdjusted.ts";
export * from "./parseAdjustedCloses.ts";
export * from "./parseFactors.ts";
export * from "./priceFactors.ts";
