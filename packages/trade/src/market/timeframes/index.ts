export * from "./assembleTimeframe.ts";
