import { readParameters } from "@orion/grad";
import type { Dataset, FitContext, FitSummary, FitUpdate } from "../model.ts";
import { fitSignalNet, type SignalNetFit, type SignalNetOptions } from "../signalNet/fitSignalNet.ts";
import { readEnsembleCheckpoint, writeEnsembleCheckpoint } from "./ensembleCheckpoint.ts";
import { exportMembers } from "./signalNetworkOf.ts";

/**
 * Trains the same network from `members` seeds (context.seed, the next, …), one after the other on the same rows, and
 * exports them as one network (`ensembleNetwork`). The first member is the network that the recipe would train alone; with
 * `options.bag` each member draws a bag of windows by its own seed.
 *
 * A checkpoint holds the members that are done and that of the one at work: an interrupted ensemble goes on where it
 * stopped, bit for bit.
 *
 * Of the summary: `epochs`, `windowsPerSecond`, `history` run over all members; `lossBefore` and `lossAfter` are means of
 * the members' own validation losses (the mean of the forecasts has a cross entropy of at most that, by Jensen's
 * inequality); `bestEpoch` is the latest of theirs.
 * @throws AbortError when stopped, after the checkpoint was saved
 */
export async function fitSeedEnsemble(
  members: number,
  options: SignalNetOptions,
  data: Dataset,
  context: FitContext,
): Promise<SignalNetFit> {
  const { checkpoint, signal } = context;
  const fingerprint = checkpoint?.fingerprint ?? "";
  const position = checkpoint?.resume ? readEnsembleCheckpoint(checkpoint.resume, fingerprint) : undefined;
  const done = [...(position?.done ?? [])];
  let current = position?.current;
  for (let member = done.length; member < members; member++) {
    signal?.throwIfAborted();
    const save = (bytes: Uint8Array | undefined): Promise<void> | undefined =>
      checkpoint?.save(writeEnsembleCheckpoint({ done, current: bytes }, fingerprint));
    const fitted = await fitSignalNet(options, data, {
      ...context,
      seed: context.seed + member,
      onUpdate: (update) => context.onUpdate?.(updateOf(update, member, members)),
      ...(checkpoint
        ? {
            checkpoint: {
              fingerprint: `${fingerprint}/member${member}`,
              save: async (bytes) => save(bytes),
              ...(checkpoint.everySeconds === undefined ? {} : { everySeconds: checkpoint.everySeconds }),
              ...(current ? { resume: current } : {}),
            },
          }
        : {}),
    });
    // a member that was finished when the stop came is kept
    if (fitted.summary.aborted) signal?.throwIfAborted();
    done.push(fitted);
    current = undefined;
    await save(undefined);
  }
  const [first] = done as [SignalNetFit, ...SignalNetFit[]];
  const manifest: SignalNetFit["manifest"] = {
    ...first.manifest,
    parameters: done.reduce((sum, d) => sum + d.manifest.parameters, 0),
    ensemble: {
      kind: "seeds",
      members: done.map(({ summary }, m) => ({
        seed: context.seed + m,
        epoch: summary.bestEpoch,
        validationLoss: summary.lossAfter,
      })),
    },
  };
  const weights = done.map((d) => readParameters(d.onnx));
  return {
    manifest,
    onnx: exportMembers(weights, manifest, options.metadata),
    summary: summaryOf(done.map((d) => d.summary)),
  };
}

/** The update of one member, as a part of the whole. Members may stop early: what is left is an upper bound. */
function updateOf(update: FitUpdate, member: number, members: number): FitUpdate {
  const { done, secondsLeft } = update;
  const total = update.total ?? update.steps;
  const whole = total > done && secondsLeft !== null ? (secondsLeft * total) / (total - done) : null;
  return {
    ...update,
    stage: `training member ${member + 1} of ${members}`,
    done: member * total + done,
    total: members * total,
    epoch: member * update.epochs + update.epoch,
    epochs: members * update.epochs,
    epochsDone: member * update.epochs + update.epochsDone,
    step: member * update.steps + update.step,
    steps: members * update.steps,
    secondsLeft: secondsLeft === null || whole === null ? null : secondsLeft + (members - 1 - member) * whole,
  };
}

function summaryOf(summaries: readonly FitSummary[]): FitSummary {
  const mean = (of: (s: FitSummary) => number): number =>
    summaries.reduce((sum, s) => sum + of(s), 0) / summaries.length;
  let before = 0;
  const history = summaries.flatMap((s) => {
    const own = s.history.map((h) => ({ ...h, epoch: before + h.epoch }));
    before += s.epochs;
    return own;
  });
  return {
    epochs: before,
    bestEpoch: Math.max(...summaries.map((s) => s.bestEpoch)),
    stoppedEarly: summaries.some((s) => s.stoppedEarly),
    aborted: false,
    windows: summaries[0]!.windows,
    windowsPerSecond: mean((s) => s.windowsPerSecond),
    gflops: mean((s) => s.gflops),
    lossBefore: mean((s) => s.lossBefore),
    lossAfter: mean((s) => s.lossAfter),
    history,
  };
}
