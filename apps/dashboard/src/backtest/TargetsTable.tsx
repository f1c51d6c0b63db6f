import type { BacktestResponse } from "@orion/trade/wire";
import { Check, Minus, X } from "lucide-react";
import { number, percent } from "../layout/format.ts";
import { metricRows } from "./MetricsTable.tsx";

const rows: readonly { key: string; name: string; show: (value: number | null) => string }[] = [
  ...metricRows,
  { key: "meanWinningTrade", name: "Mean winning trade", show: (value) => percent(value) },
];

/** `> 0.65` in the unit of what was measured: `> 65.0 %`; anything else as it is. */
function wantedText(target: string, show: (value: number) => string): string {
  const match = /^([<>]=?) ?(\d*\.?\d+)$/.exec(target);
  return match ? `${match[1]} ${show(Number(match[2])).replace("+", "")}` : target;
}

/** What the recipe set out to reach beside what was measured, met or not. */
export function TargetsTable({ targets }: { targets: BacktestResponse["targets"] }) {
  if (targets.length === 0) return null;
  return (
    <div className="min-w-0 overflow-x-auto" data-testid="backtest-targets">
      <table className="table">
        <caption className="eyebrow pb-1 text-left">Targets of the recipe</caption>
        <thead>
          <tr>
            <th scope="col">Target</th>
            <th scope="col">Wanted</th>
            <th scope="col">Measured</th>
            <th scope="col">Result</th>
          </tr>
        </thead>
        <tbody>
          {targets.map(({ name, target, measured, met }) => {
            const row = rows.find((r) => r.key === name);
            const show = row?.show ?? ((value: number | null) => number(value, 2));
            return (
              <tr key={name}>
                <th scope="row">{row?.name ?? name}</th>
                <td className="text-muted">{wantedText(target, show)}</td>
                <td>{show(measured)}</td>
                <td>
                  <Verdict met={met} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Verdict({ met }: { met: boolean | null }) {
  const [Icon, text, colour] =
    met === null
      ? ([Minus, "not known", "text-muted"] as const)
      : met
        ? ([Check, "met", "text-buy"] as const)
        : ([X, "not met", "text-sell"] as const);
  return (
    <span className={`inline-flex items-center gap-1 ${colour}`}>
      <Icon aria-hidden className="size-4" />
      {text}
    </span>
  );
}
