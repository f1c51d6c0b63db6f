export * from "./correlationMatrix.ts";
export * from "./drift.ts";
export type { DroppedColumn } from "./dropCorrelated.ts";
export type { LongWork } from "./longWork.ts";
export * from "./networkInputs.ts";
export * from "./selection.ts";
