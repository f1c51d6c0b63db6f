export type { Candidate } from "./candidate.ts";
export { candidatesByDay, type DayCandidates } from "./candidatesByDay.ts";
export { DROP_REASONS, type Dropped, type DropReason } from "./dropReasons.ts";
export { candidateAt, dropReasonAt, type MomentumHistory, momentumHistory } from "./momentumHistory.ts";
export { MEASURES, type Measure, type MeasureColumns, tailBars } from "./momentumMeasures.ts";
export { type MomentumScan, momentumScan } from "./momentumScan.ts";
export { momentumScore } from "./momentumScore.ts";
export { parseScanOptions, type ScanOptions, type ScanOptionsInput } from "./scanOptions.ts";
export { TREND_CLASSES, type TrendClass } from "./trendClass.ts";
