export * from "./lightgbm.ts";
export * from "./randomForest.ts";
export * from "./svm.ts";
export * from "./xgboost.ts";
