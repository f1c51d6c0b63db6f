import type { Classification } from "@orion/trade/wire";
import { number, percent } from "../layout/format.ts";

/** Counts, and the share of the row: the diagonal's shares are the recalls. */
export function ConfusionMatrix({ test }: { test: Classification }) {
  return (
    <div className="overflow-x-auto" data-testid="confusion-matrix">
      <table className="table">
        <caption className="eyebrow pb-1 text-left">
          Confusion matrix: bars, and their share of the true class
        </caption>
        <thead>
          <tr>
            <th scope="col">True class</th>
            {test.classes.map((name) => (
              <th key={name} scope="col">
                said {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {test.confusion.map((row, i) => {
            const sum = row.reduce((a, b) => a + b, 0);
            return (
              <tr key={test.classes[i]}>
                <th scope="row">{test.classes[i]}</th>
                {row.map((count, j) => {
                  const share = sum === 0 ? 0 : count / sum;
                  return (
                    <td
                      key={test.classes[j]}
                      style={{
                        background: `color-mix(in srgb, var(${i === j ? "--buy" : "--sell"}) ${Math.round(share * 26)}%, transparent)`,
                      }}
                    >
                      <span className={i === j ? "font-semibold" : ""}>{number(count)}</span>{" "}
                      <span className="inline-block min-w-14 text-[0.78rem] text-muted">
                        {percent(share, 1)}
                      </span>
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
