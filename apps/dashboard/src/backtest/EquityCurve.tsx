import type { BacktestResponse } from "@orion/trade/wire";
import { lazy, Suspense } from "react";
import type { PlotLine } from "../chart/LinePlot.tsx";
import { PlotKey } from "../chart/PlotKey.tsx";
import { signedPercent, utc } from "../layout/format.ts";

const LinePlot = lazy(() => import("../chart/LinePlot.tsx"));
const asChange = (value: number): string => signedPercent(value, 1);

/** Change of equity since the start, of the strategy and of holding, after costs. */
export function EquityCurve({ equity }: { equity: BacktestResponse["equity"] }) {
  const lines: PlotLine[] = [
    { label: "strategy", values: changes(equity.strategy), colour: "accent" },
    { label: "buy and hold", values: changes(equity.buyAndHold), colour: "hold", isDashed: true },
  ];
  const { time } = equity;
  return (
    <figure className="grid min-w-0 grid-cols-1 gap-2">
      <figcaption className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <span className="eyebrow">Equity, change since the start (UTC)</span>
        <PlotKey lines={lines} format={asChange} />
      </figcaption>
      <div
        data-testid="equity-curve"
        data-points={time.length}
        role="img"
        aria-label={`Equity from ${utc(time[0])} to ${utc(time.at(-1))} UTC: strategy ${asChange(lines[0]!.values.at(-1) ?? 0)}, buy and hold ${asChange(lines[1]!.values.at(-1) ?? 0)}`}
        className="h-[260px]"
      >
        <Suspense fallback={<div className="skeleton h-full" />}>
          <LinePlot x={time} lines={lines} isTime format={asChange} height={260} />
        </Suspense>
      </div>
    </figure>
  );
}

function changes(equity: readonly number[]): number[] {
  const start = equity[0] ?? 1;
  return equity.map((value) => value / start - 1);
}
