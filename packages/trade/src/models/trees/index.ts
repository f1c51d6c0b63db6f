export { buildLightgbm, findLibraries, type LibraryFinding } from "@orion/trees";
export { LightgbmConfig, lightgbmPart } from "./lightgbm.ts";
export { RandomForestConfig, randomForestPart } from "./randomForest.ts";
export { SvmConfig, svmPart } from "./svm.ts";
export { XgboostConfig, xgboostPart } from "./xgboost.ts";
