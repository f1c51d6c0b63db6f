import type { TrainingStatus } from "@orion/trade/wire";
import { Figure } from "../layout/Figure.tsx";
import { duration, NONE, number, percent } from "../layout/format.ts";
import { ProgressBar } from "../layout/ProgressBar.tsx";

export function TrainingProgress({ status }: { status: TrainingStatus }) {
  const share = status.state === "done" ? 1 : status.steps > 0 ? status.step / status.steps : null;
  const isRunning = status.state === "running";
  return (
    <div className="grid gap-3">
      <div className="grid gap-1.5">
        <div className="flex flex-wrap justify-between gap-x-4 text-[0.88rem]">
          <span>
            {status.recipe} <span className="text-muted">({status.profile})</span>
            {isRunning && status.stage && <span className="text-muted">: {status.stage}</span>}
          </span>
          <span className="text-muted">
            {isRunning
              ? status.secondsLeft === null
                ? "time left not known yet"
                : `${duration(status.secondsLeft)} left`
              : share !== null && percent(share, 0)}
          </span>
        </div>
        <ProgressBar
          label="Progress of the training"
          value={isRunning || share !== null ? share : 0}
          testId="train-progress"
        />
        {isRunning && status.message && <p className="text-[0.8rem] text-muted">{status.message}</p>}
      </div>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-4">
        <Figure name="Epoch">
          {number(status.epoch)} <Of>{number(status.epochs)}</Of>
        </Figure>
        <Figure name="Step">
          {number(status.step)} <Of>{number(status.steps)}</Of>
        </Figure>
        <Figure name="Loss">
          <span data-testid="train-loss">{number(status.loss, 4)}</span>
        </Figure>
        <Figure name="Learning rate">
          {status.learningRate === null ? NONE : status.learningRate.toExponential(1)}
        </Figure>
        <Figure name="Accuracy" hint="Meaningless alone where one class rules: see balanced accuracy">
          {percent(status.accuracy, 1)}
        </Figure>
        <Figure name="Balanced accuracy" hint="Mean of the three classes' recalls; 33.3 % is blind guessing">
          {percent(status.balancedAccuracy, 1)}
        </Figure>
        <Figure name="Windows per second">{number(status.windowsPerSecond)}</Figure>
        <Figure name="Compute">
          {number(status.gflops)} <Of prefix="">GFLOP/s</Of>
        </Figure>
      </dl>
    </div>
  );
}

function Of({ children, prefix = "of " }: { children: string; prefix?: string }) {
  return (
    <span className="text-[0.82rem] font-normal text-muted">
      {prefix}
      {children}
    </span>
  );
}
