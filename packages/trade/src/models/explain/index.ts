export * from "./architectureOf.ts";
export * from "./attentionOf.ts";
export * from "./explainedOutput.ts";
export * from "./explainWindow.ts";
