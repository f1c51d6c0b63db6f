import type { BacktestResponse } from "@orion/trade/wire";
import { Check, Minus, X } from "lucide-react";
import { number, percent } from "../layout/format.ts";
import { metricRows } from "./MetricsTable.tsx";

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
            const row = metricRows.find((r) => r.key === name);
            const shown = row
              ? row.show(measured)
              : target.includes("%")
                ? percent(measured)
                : number(measured, 2);
            return (
              <tr key={name}>
                <th scope="row">{row?.name ?? name}</th>
                <td className="text-muted">{target}</td>
                <td>{shown}</td>
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
