export * from "./findRegimes.ts";
export { REGIME_METHODS, type RegimeQueryInput } from "./regimeQuery.ts";
export type * from "./regimeReport.ts";
