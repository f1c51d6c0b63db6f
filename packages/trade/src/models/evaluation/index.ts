export * from "./averagePrecision.ts";
export * from "./blockBootstrap.ts";
export * from "./classificationReport.ts";
export * from "./confusionMatrix.ts";
export * from "./intervals.ts";
export * from "./measureInference.ts";
export * from "./priorCorrect.ts";
export * from "./probabilityScores.ts";
