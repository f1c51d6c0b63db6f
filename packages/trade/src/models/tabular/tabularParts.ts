import type { AnyPart } from "../../core/parts.ts";
import { lightgbmPart } from "../trees/lightgbm.ts";
import { randomForestPart } from "../trees/randomForest.ts";
import { svmPart } from "../trees/svm.ts";
import { xgboostPart } from "../trees/xgboost.ts";
import { linearPart } from "./linear.ts";
import { logisticPart } from "./logistic.ts";
import { mlpTablePart } from "./mlp.ts";
import { naivePart } from "./naive.ts";
import type { TabularModel } from "./tabularModel.ts";

/** Every model of table rows by the name that recipes use. */
export const tabularParts = [
  logisticPart,
  linearPart,
  naivePart,
  mlpTablePart,
  xgboostPart,
  lightgbmPart,
  randomForestPart,
  svmPart,
] as const satisfies readonly AnyPart<TabularModel>[];
