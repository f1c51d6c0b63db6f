import { faultOf } from "../training/trainInThread.ts";
import { trainSvm } from "./trainSvm.ts";
import type { SvmMessage, SvmTask } from "./trainSvmInProcess.ts";

const post = (message: SvmMessage, then = () => {}): void => {
  process.send?.(message, then);
};
const end = (): void => process.disconnect();
/** libsvm's one call cannot hear that whoever asked for it was killed; whose child this is, it can see. */
const parent = process.ppid;
const endIfForsaken = (): void => {
  if (process.ppid !== parent) process.exit();
};
process.once("message", async (task: SvmTask) => {
  try {
    const model = await trainSvm(
      task.options,
      task.sets,
      (progress) => post({ kind: "progress", progress }),
      endIfForsaken,
    );
    post({ kind: "trained", model }, end);
  } catch (thrown) {
    post(faultOf(thrown), end);
  }
});
