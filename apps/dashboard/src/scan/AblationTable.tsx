import type { AblationLine } from "@orion/trade/wire";
import { number, percent } from "../layout/format.ts";

interface AblationTableProps {
  lines: readonly AblationLine[];
  rows: number;
  days: number;
}

/** What each base model is worth: the stack, the stack without it, it alone, and the naive answer. */
export function AblationTable({ lines, rows, days }: AblationTableProps) {
  const hasIntervals = lines.some((line) => line.interval !== null);
  return (
    <div className="min-w-0">
      <h3 className="pb-1 text-[0.92rem]">What each base model is worth</h3>
      <div className="overflow-x-auto">
        <table className="table table-tight" data-testid="ablation">
          <thead>
            <tr>
              <th scope="col">Model</th>
              <th scope="col" title="nats a row; less is better">
                Log loss
              </th>
              <th scope="col" title="beyond that of the stack on the same rows; above 0 the stack is better">
                Worse by
              </th>
              <th scope="col">Accuracy</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={line.what}>
                <th scope="row">{line.what}</th>
                <td>
                  {number(line.loss, 4)} <Interval of={line.interval} />
                </td>
                <td>
                  {line.what === "stack" ? (
                    ""
                  ) : (
                    <>
                      {number(line.worse, 4)} <Interval of={line.worseInterval} />
                    </>
                  )}
                </td>
                <td>{percent(line.accuracy, 1)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="pt-1.5 text-[0.8rem] text-muted">
        {number(rows)} test rows on {number(days)} days.{" "}
        {hasIntervals
          ? "In brackets 95 % intervals by blocks of a day; a difference whose interval holds 0 is none that can be told."
          : "Too few days for intervals: differences as small as these say nothing."}
      </p>
    </div>
  );
}

function Interval({ of }: { of: AblationLine["interval"] }) {
  if (!of) return null;
  return (
    <span className="text-[0.8rem] text-muted">
      ({number(of.low, 4)} to {number(of.high, 4)})
    </span>
  );
}
