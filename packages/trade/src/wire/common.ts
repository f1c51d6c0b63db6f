import { z } from "zod";

/** ISO 8601 UTC, such as 2024-05-14T15:40:00Z */
export const IsoTime = z.iso.datetime({ offset: false });
/** a time that a caller may send: a date, an ISO time, or ms since 1970 as text */
export const TimeText = z.string().min(4).max(40);
export const Ticker = z
  .string()
  .regex(/^[A-Z0-9_-][A-Z0-9._-]{0,39}$/, "a symbol is capital letters and digits, such as BTCUSDT");
export const Timeframe = z
  .string()
  .regex(/^[1-9]\d{0,3}[mhdw]$/, "a timeframe is a number and m, h, d or w, such as 5m");
export const Identifier = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,79}$/, "an id is small letters, digits, dots and dashes");
export const RecipeName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,59}$/, "a recipe's name is small letters, digits and dashes");
/** a measured value, null where it is not defined (a profit factor without a losing trade) */
export const Measured = z.number().nullable();
export const Range = z.object({ from: IsoTime, to: IsoTime });
export type Range = z.infer<typeof Range>;

export const JobState = z.enum(["idle", "running", "done", "failed", "cancelled"]);
export type JobState = z.infer<typeof JobState>;

/** What every refused request answers. `code` is what the command line would exit with. */
export const ErrorBody = z.object({
  error: z.string(),
  code: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
});
export type ErrorBody = z.infer<typeof ErrorBody>;

/** How far a job is that goes from stage to stage, whatever it makes. @param request what was asked for */
export const stagedStatus = <S extends z.ZodType>(request: S) =>
  z.object({
    state: JobState,
    jobId: z.string().nullable(),
    request: request.nullable(),
    /** what is being done, in words */
    stage: z.string().nullable(),
    done: z.number(),
    total: z.number().nullable(),
    secondsLeft: z.number().nullable(),
    error: z.string().nullable(),
    startedAt: IsoTime.nullable(),
  });
/** The same without what was asked for: what the bars and notes of any such job show. */
export type StagedProgress = Omit<z.infer<ReturnType<typeof stagedStatus<z.ZodNull>>>, "request">;
