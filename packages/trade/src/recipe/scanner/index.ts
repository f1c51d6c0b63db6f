export { isScannerRecipe, loadScanner, parseScanner, scannerProfile } from "./loadScanner.ts";
export { type OpenScanner, openScanner, type ScannerQuery, scanSymbols } from "./openScanner.ts";
export type { ScannerManifest, ScannerReport } from "./scannerManifest.ts";
export { openScannerModel, type ScannerModel, scannerModels } from "./scannerModel.ts";
export type { ScannerRecipe, ScannerRecipeFile } from "./scannerSchema.ts";
export { type TrainScannerOptions, trainScanner } from "./trainScanner.ts";
