export * from "./purgedKFold.ts";
export * from "./timeSplit.ts";
export * from "./usableRows.ts";
