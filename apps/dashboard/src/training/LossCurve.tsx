import type { LossPoint } from "@orion/trade/wire";
import { lazy, Suspense } from "react";
import type { PlotLine } from "../chart/LinePlot.tsx";
import { PlotKey } from "../chart/PlotKey.tsx";
import { number } from "../layout/format.ts";

const LinePlot = lazy(() => import("../chart/LinePlot.tsx"));
const asLoss = (value: number): string => number(value, Math.abs(value) < 0.1 ? 4 : 3);

/** Training loss of each step and validation loss of each epoch, over the steps. */
export function LossCurve({ history }: { history: readonly LossPoint[] }) {
  const lines: PlotLine[] = [
    { label: "training loss", values: history.map((p) => p.loss), colour: "accent" },
    {
      label: "validation loss",
      values: history.map((p) => p.validationLoss),
      colour: "hold",
      isSparse: true,
    },
  ];
  const last = history.at(-1);
  return (
    <figure className="grid min-w-0 grid-cols-1 gap-2">
      <figcaption className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <span className="eyebrow">Loss by step</span>
        <PlotKey lines={lines} format={asLoss} />
      </figcaption>
      <div
        data-testid="loss-curve"
        data-points={history.length}
        data-last-loss={last?.loss ?? ""}
        role="img"
        aria-label={
          last
            ? `Loss curve: ${history.length} points, from ${asLoss(history[0]!.loss)} to ${asLoss(last.loss)} at step ${last.step}`
            : "Loss curve without points yet"
        }
        className="h-[190px]"
      >
        {history.length > 0 ? (
          <Suspense fallback={<div className="skeleton h-full" />}>
            <LinePlot x={history.map((p) => p.step)} lines={lines} format={asLoss} height={190} />
          </Suspense>
        ) : (
          <p className="grid h-full place-items-center rounded-md border border-dashed border-line text-[0.88rem] text-muted">
            The curve begins with the first steps.
          </p>
        )}
      </div>
    </figure>
  );
}
