export { type OpenScan, openScan, type ScanRequest, type StoredScan, scanStored } from "./scanStored.ts";
