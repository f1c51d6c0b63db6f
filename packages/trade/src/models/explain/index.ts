export * from "./architectureOf.ts";
export * from "./attentionOf.ts";
export * from "./explainedOutput.ts";
export * from "./explainWindow.ts";
export * from "./partialDependence.ts";
export * from "./permutationImportance.ts";
