export { backtestScanner, type ScanBacktestRequest } from "./backtestScanner.ts";
export { describeScanner } from "./describeScanner.ts";
export { explainCandidate } from "./explainCandidate.ts";
export type {
  ImportanceLine,
  ScannerExplainQuery,
  ScannerExplanation,
  ScannerRowsExplanation,
} from "./explainScanner.ts";
export type { MemberShapley, ScannerSymbolExplanation } from "./explainScannerSymbol.ts";
export { isScannerRecipe, loadScanner, parseScanner, scannerProfile } from "./loadScanner.ts";
export { type OpenScanner, openScanner, type ScannerQuery, scanSymbols } from "./openScanner.ts";
export type { ScannerManifest, ScannerReport } from "./scannerManifest.ts";
export {
  isScannerModel,
  isScannerName,
  openScannerModel,
  type ScannerModel,
  scannerModels,
  showScanner,
} from "./scannerModel.ts";
export type { ScannerRecipe, ScannerRecipeFile } from "./scannerSchema.ts";
export { scannerSummary } from "./scannerSummary.ts";
export { OPTIONAL_GROUPS, type OptionalGroup } from "./scannerTableOf.ts";
export { closeScanner, scanSignals } from "./scanSignals.ts";
export { type TrainScannerOptions, trainScanner } from "./trainScanner.ts";
export {
  TUNE_METHODS,
  type TuneAnswer,
  type TuneMethod,
  type TuneOptions,
  tuneScanner,
} from "./tuneScanner.ts";
export { readTuneSpace } from "./tuneSpaceFile.ts";
export { TUNE_SPACES } from "./tuneSpaces.ts";
