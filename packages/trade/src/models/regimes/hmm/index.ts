export * from "./chooseHmm.ts";
export * from "./fitHmm.ts";
export * from "./gaussianHmm.ts";
export * from "./simulateHmm.ts";
