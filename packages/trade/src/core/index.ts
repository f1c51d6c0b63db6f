export * from "./columns.ts";
export * from "./errors.ts";
export * from "./fixed.ts";
export * from "./hash.ts";
export * from "./parts.ts";
export * from "./progress.ts";
export * from "./random.ts";
export * from "./time.ts";
