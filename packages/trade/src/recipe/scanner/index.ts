export { backtestScanner, type ScanBacktestRequest } from "./backtestScanner.ts";
export { describeScanner } from "./describeScanner.ts";
export { isScannerRecipe, loadScanner, parseScanner, scannerProfile } from "./loadScanner.ts";
export { type OpenScanner, openScanner, type ScannerQuery, scanSymbols } from "./openScanner.ts";
export type { ScannerManifest, ScannerReport } from "./scannerManifest.ts";
export {
  isScannerModel,
  openScannerModel,
  type ScannerModel,
  scannerModels,
  showScanner,
} from "./scannerModel.ts";
export type { ScannerRecipe, ScannerRecipeFile } from "./scannerSchema.ts";
export { scannerSummary } from "./scannerSummary.ts";
export { closeScanner, scanSignals } from "./scanSignals.ts";
export { type TrainScannerOptions, trainScanner } from "./trainScanner.ts";
