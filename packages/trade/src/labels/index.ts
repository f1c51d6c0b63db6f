export * from "./labeler.ts";
