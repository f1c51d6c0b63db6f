import type { Trade } from "@orion/trade/wire";
import { number, price, signedPercent, utc } from "../layout/format.ts";
import { useView } from "../useView.ts";

const CONTEXT_MS = 8 * 3_600_000;
const reasonText = { signal: "signal", stop: "stop", target: "target", endOfData: "end of data" } as const;

/** Every trade; its entry time leads the chart there. */
export function TradeList({ trades }: { trades: readonly Trade[] }) {
  const [, setView] = useView();
  if (trades.length === 0) return <p className="text-[0.88rem] text-muted">No trades were made.</p>;
  const show = (trade: Trade): void => {
    setView({ at: Date.parse(trade.exitTime) + CONTEXT_MS });
    document.querySelector('[data-testid="chart-panel"]')?.scrollIntoView({ block: "center" });
  };
  return (
    <div className="grid min-w-0 grid-cols-1 gap-1">
      <h3 className="eyebrow" id="trades-title">
        {number(trades.length)} trades, oldest first (UTC, net of costs)
      </h3>
      <section
        aria-labelledby="trades-title"
        data-testid="trade-list"
        className="max-h-80 overflow-auto rounded-md border border-line"
      >
        <table className="table">
          <thead className="sticky top-0 bg-raised">
            <tr>
              <th scope="col">Entry</th>
              <th scope="col">Side</th>
              <th scope="col">Price</th>
              <th scope="col">Exit</th>
              <th scope="col">Price</th>
              <th scope="col">Reason</th>
              <th scope="col">Bars</th>
              <th scope="col">Net return</th>
              <th scope="col">Profit</th>
            </tr>
          </thead>
          <tbody>
            {trades.map((trade) => (
              <tr key={`${trade.entryTime} ${trade.exitTime} ${trade.side}`}>
                <td>
                  <button
                    type="button"
                    className="underline decoration-line underline-offset-4 hover:decoration-ink"
                    title="Show on the chart"
                    onClick={() => show(trade)}
                  >
                    {utc(trade.entryTime)}
                  </button>
                </td>
                <td>{trade.side}</td>
                <td>{price(trade.entryPrice)}</td>
                <td>{utc(trade.exitTime)}</td>
                <td>{price(trade.exitPrice)}</td>
                <td>{reasonText[trade.exitReason]}</td>
                <td>{number(trade.bars)}</td>
                <td className={trade.netReturn < 0 ? "text-sell" : "text-buy"}>
                  {signedPercent(trade.netReturn)}
                </td>
                <td>{number(trade.profit, 2)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}
