import { ErrorBody } from "@orion/trade/wire";

/** The answers other than success that every route may give; 4xx and 5xx all carry an `ErrorBody`. */
export const refusals = { "4xx": ErrorBody, "5xx": ErrorBody };
