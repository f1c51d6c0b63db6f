export * from "./attentionOf.ts";
export * from "./explainedOutput.ts";
export * from "./explainWindow.ts";
