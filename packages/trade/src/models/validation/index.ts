export * from "./timeSplit.ts";
export * from "./usableRows.ts";
