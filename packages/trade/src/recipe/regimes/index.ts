export * from "./findRegimes.ts";
export type { RegimeQueryInput } from "./regimeQuery.ts";
export type * from "./regimeReport.ts";
