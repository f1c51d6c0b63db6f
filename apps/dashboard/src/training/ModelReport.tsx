import type { ModelSummary } from "@orion/trade/wire";
import { Figure } from "../layout/Figure.tsx";
import { number, percent, utcDay } from "../layout/format.ts";

export function ModelReport({ model }: { model: ModelSummary }) {
  const { test } = model;
  const [low, high] = test.balancedAccuracyInterval;
  const blind = 1 / test.classes.length;
  return (
    <>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-3">
        <Figure name="Balanced accuracy" hint="Mean of the classes' recalls, with its 95 % interval">
          <span data-testid="balanced-accuracy">{percent(test.balancedAccuracy, 1)}</span>
          <Small>
            95 %: {percent(low, 1)} to {percent(high, 1)}; blind guessing {percent(blind, 1)}
          </Small>
        </Figure>
        <Figure name="Macro F1">
          {number(test.macroF1, 3)}
          <Small>log loss {number(test.logLoss, 3)}</Small>
        </Figure>
        <Figure name="Accuracy">
          {percent(test.accuracy, 1)}
          <Small>always the most frequent class: {percent(test.majorityAccuracy, 1)}</Small>
        </Figure>
        {test.classes.map((name) => (
          <Figure
            key={name}
            name={`Average precision, ${name}`}
            hint="A blind forecast reaches the base rate"
          >
            {number(test.averagePrecision[name], 3)}
            <Small>base rate {number(test.baseRates[name], 3)}</Small>
          </Figure>
        ))}
      </dl>
      <p className="text-[0.82rem] text-muted">
        Trained on {utcDay(model.trainingRange.from)} to {utcDay(model.trainingRange.to)}, thresholds chosen
        on {utcDay(model.validationRange.from)} to {utcDay(model.validationRange.to)}, tested on{" "}
        {number(test.n)} bars of {utcDay(model.testRange.from)} to {utcDay(model.testRange.to)}.{" "}
        {number(model.parameters)} parameters, {number(model.epochs)} epochs ({model.profile}). SHA-256{" "}
        <span title={model.sha256} className="font-mono text-[0.78rem]">
          {model.sha256.slice(0, 12)}
        </span>
      </p>
    </>
  );
}

function Small({ children }: { children: React.ReactNode }) {
  return <span className="block text-[0.78rem] font-normal text-muted">{children}</span>;
}
