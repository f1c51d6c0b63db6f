/** What every run of the pipeline is given from outside: where state lives, the clock, and when to stop. */
export interface PipelineContext {
  /** the workspace folder */
  readonly workspace: string;
  /** ms UTC; for stamps and the age of data only, never for decisions */
  now(): number;
  readonly signal?: AbortSignal;
}
