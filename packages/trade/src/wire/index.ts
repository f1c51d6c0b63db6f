export * from "./backtest.ts";
export * from "./bars.ts";
export * from "./common.ts";
export * from "./prediction.ts";
export * from "./sixHeadsPrediction.ts";
export * from "./quality.ts";
export * from "./status.ts";
export * from "./training.ts";
