export { createServer, type OrionServer, type ServerOptions } from "./createServer.ts";
export type { Jobs } from "./jobs/createJobs.ts";
export type { RunningJob } from "./jobs/runJob.ts";
export type { StatusFeed } from "./jobs/statusFeed.ts";
export type { Pipeline, PipelineContext } from "./pipeline/pipeline.ts";
export {
  type ThreadPipeline,
  type ThreadPipelineOptions,
  threadPipeline,
} from "./pipeline/threadPipeline.ts";
