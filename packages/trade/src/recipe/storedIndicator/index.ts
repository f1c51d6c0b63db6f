export { describeIndicators } from "./describeIndicators.ts";
export { storedIndicator } from "./storedIndicator.ts";
