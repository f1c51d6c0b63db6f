export { auditStored } from "./auditStored.ts";
export { describeFeatures } from "./describeFeatures.ts";
export { featuresOfRecipe } from "./featuresOfRecipe.ts";
