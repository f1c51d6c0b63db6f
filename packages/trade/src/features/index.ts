export * from "./feature.ts";
