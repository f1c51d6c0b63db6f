import { tabularContract } from "../tabular/tabularContract.ts";
import { LightgbmConfig, lightgbmPart } from "./lightgbm.ts";
import { RandomForestConfig, randomForestPart } from "./randomForest.ts";
import { SvmConfig, svmPart } from "./svm.ts";
import { XgboostConfig, xgboostPart } from "./xgboost.ts";

tabularContract("xgboost", () => xgboostPart.create(XgboostConfig.parse({})));
tabularContract("lightgbm", () => lightgbmPart.create(LightgbmConfig.parse({})));
tabularContract("randomForest", () => randomForestPart.create(RandomForestConfig.parse({ rounds: 100 })));
tabularContract("svm", () => svmPart.create(SvmConfig.parse({})));
