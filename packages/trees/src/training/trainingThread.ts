import { parentPort, workerData } from "node:worker_threads";
import { trainLightgbm } from "../lightgbm/trainLightgbm.ts";
import { trainXgboost } from "../xgboost/trainXgboost.ts";
import { TrainingStopped } from "./roundReport.ts";
import { faultOf, type ThreadMessage, type ThreadTask } from "./trainInThread.ts";

const task = workerData as ThreadTask;
const post = (message: ThreadMessage): void => parentPort?.postMessage(message);
try {
  const train = task.trainer === "xgboost" ? trainXgboost : trainLightgbm;
  const model = train(task.options, task.sets, {
    onRound: (report) => post({ kind: "round", report }),
    isStopped: () => Atomics.load(task.stop, 0) !== 0,
  });
  post({ kind: "trained", model });
} catch (thrown) {
  post(thrown instanceof TrainingStopped ? { kind: "stopped" } : faultOf(thrown));
}
