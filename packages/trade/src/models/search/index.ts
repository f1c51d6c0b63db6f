export * from "./asha.ts";
export * from "./purgedLoss.ts";
export * from "./search.ts";
export * from "./searchJournal.ts";
export * from "./searchSpace.ts";
export * from "./tpe.ts";
