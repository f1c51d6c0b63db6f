export * from "./calendar.ts";
export * from "./contextClose.ts";
export * from "./marketRegime.ts";
export * from "./rollingRegression.ts";
