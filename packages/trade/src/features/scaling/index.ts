export type { QuantileTable } from "./rankGaussScaler.ts";
export * from "./rollingFeature.ts";
export * from "./scaler.ts";
export * from "./scalingConfig.ts";
export * from "./standardScaler.ts";
