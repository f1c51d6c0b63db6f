export { TreesDataError, TreesUsageError } from "./errors.ts";
