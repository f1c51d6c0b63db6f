import type { StoredBars } from "@orion/trade/wire";
import { number, utc } from "../layout/format.ts";

export function StoredTable({ stored }: { stored: readonly StoredBars[] }) {
  return (
    <div className="overflow-x-auto" data-testid="stored-bars">
      <table className="table">
        <caption className="eyebrow pb-1 text-left">Stored bars (UTC)</caption>
        <thead>
          <tr>
            <th scope="col">Symbol</th>
            <th scope="col">Market</th>
            <th scope="col">Bar</th>
            <th scope="col">Rows</th>
            <th scope="col">From</th>
            <th scope="col">To</th>
          </tr>
        </thead>
        <tbody>
          {stored.map((bars) => (
            <tr key={`${bars.symbol} ${bars.market} ${bars.timeframe}`}>
              <th scope="row">{bars.symbol}</th>
              <td>{bars.market}</td>
              <td>{bars.timeframe}</td>
              <td>{number(bars.rows)}</td>
              <td>{utc(bars.from)}</td>
              <td>{utc(bars.to)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
