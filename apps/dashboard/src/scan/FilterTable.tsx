import type { ScanResponse } from "@orion/trade/wire";
import { Check, X } from "lucide-react";
import type { ScanRow } from "./arrangeSignals.ts";
import { filterChecks } from "./filterChecks.ts";

/** What the filter asks, what the candidate has, and how far away it is. */
export function FilterTable({ row, filter }: { row: ScanRow; filter: ScanResponse["filter"] }) {
  return (
    <table className="table table-tight" data-testid="signal-filter">
      <thead>
        <tr>
          <th scope="col" className="!text-[0.78rem] !text-muted">
            The filter asks for
          </th>
          <th scope="col" className="!text-left !text-[0.78rem] !text-muted">
            It has
          </th>
          <th scope="col" className="!text-left !text-[0.78rem] !text-muted">
            Missed by
          </th>
        </tr>
      </thead>
      <tbody>
        {filterChecks(row, filter).map(({ name, asked, has, missedBy }) => {
          const Icon = missedBy === null ? Check : X;
          return (
            <tr key={name} data-missed={missedBy !== null} className="align-top">
              <th scope="row" className="!whitespace-normal">
                {name}: <span className="whitespace-nowrap">{asked}</span>
              </th>
              <td className="!text-left">{has}</td>
              <td className="!text-left !whitespace-normal">
                <span className={`flex items-start gap-1 ${missedBy === null ? "text-buy" : "text-sell"}`}>
                  <Icon aria-hidden className="mt-[0.2rem] size-3.5 shrink-0" />
                  {missedBy ?? "passes"}
                </span>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
