import { faultOf } from "../training/trainInThread.ts";
import { trainSvm } from "./trainSvm.ts";
import type { SvmMessage, SvmTask } from "./trainSvmInProcess.ts";

const post = (message: SvmMessage, then = () => {}): void => {
  process.send?.(message, then);
};
const end = (): void => process.disconnect();
process.once("message", async (task: SvmTask) => {
  try {
    const model = await trainSvm(task.options, task.sets, (progress) => post({ kind: "progress", progress }));
    post({ kind: "trained", model }, end);
  } catch (thrown) {
    post(faultOf(thrown), end);
  }
});
