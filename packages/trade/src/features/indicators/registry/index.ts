export type { ConfiguredIndicator, Indicator } from "./indicator.ts";
export * from "./indicatorParts.ts";
export * from "./inputColumns.ts";
