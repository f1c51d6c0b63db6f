export * from "./chooseThresholds.ts";
export * from "./decideSignals.ts";
export * from "./momentumScan/index.ts";
export * from "./signalStrategy.ts";
export * from "./signalTape.ts";
export * from "./sizer.ts";
export * from "./strategy.ts";
export * from "./targetTape.ts";
