export * from "./goals.ts";
export * from "./intervals.ts";
export * from "./metricIntervals.ts";
export * from "./metrics.ts";
export * from "./randomEntry.ts";
export * from "./returns.ts";
export * from "./sharpeStatistics.ts";
export * from "./summarise.ts";
