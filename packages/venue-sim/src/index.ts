export { FAULT_KINDS, type Fault, type FaultKind, parseFault } from "./fault.ts";
export type {
  ServedActions,
  ServedFunding,
  ServedListing,
  ServedMarket,
  ServedOpenInterest,
  ServedSeries,
  VenueName,
} from "./served.ts";
export { VENUES } from "./served.ts";
export { type StartOptions, type StreamName, startVenueSim, type VenueSim } from "./startVenueSim.ts";
export type { LoggedRequest, SimKeys } from "./world.ts";
