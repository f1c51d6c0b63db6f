import type { BacktestStatus, DownloadStatus, StagedProgress, TrainingStatus } from "@orion/trade/wire";

export const idleTraining: TrainingStatus = {
  state: "idle",
  jobId: null,
  recipe: null,
  profile: null,
  stage: null,
  epoch: 0,
  epochs: 0,
  step: 0,
  steps: 0,
  loss: null,
  accuracy: null,
  balancedAccuracy: null,
  learningRate: null,
  windowsPerSecond: null,
  gflops: null,
  secondsLeft: null,
  history: [],
  modelId: null,
  message: null,
  error: null,
  startedAt: null,
};

export const idleDownload: DownloadStatus = {
  state: "idle",
  jobId: null,
  source: null,
  symbols: [],
  done: 0,
  total: null,
  progress: [],
  request: null,
  secondsLeft: null,
  message: null,
  error: null,
  startedAt: null,
};

export const idleBacktest: BacktestStatus = {
  state: "idle",
  stage: null,
  done: 0,
  total: null,
  secondsLeft: null,
  error: null,
  resultId: null,
};

/** Of an audit, a scan and an explanation: they differ in what is asked for alone. */
export const idleStaged: StagedProgress & { request: null } = {
  state: "idle",
  jobId: null,
  request: null,
  stage: null,
  done: 0,
  total: null,
  secondsLeft: null,
  error: null,
  startedAt: null,
};
