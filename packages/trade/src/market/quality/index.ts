export * from "./checkBars.ts";
export { type Cohort, LEAST_COHORT } from "./checkEnds.ts";
export { checkFunding } from "./checkFunding.ts";
export type { Agreement, OtherSeries } from "./compareSeries.ts";
export * from "./findings.ts";
export * from "./qualityReport.ts";
export * from "./repairBars.ts";
export * from "./tradingDays.ts";
