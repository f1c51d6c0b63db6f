export * from "./calendar.ts";
export * from "./contextClose.ts";
export * from "./marketContext.ts";
export * from "./marketRegime.ts";
export * from "./relativeStrength.ts";
export * from "./rollingRegression.ts";
