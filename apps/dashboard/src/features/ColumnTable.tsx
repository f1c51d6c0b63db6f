import type { ColumnDriftOf } from "@orion/trade/wire";
import { ArrowDown, ArrowUp, Search } from "lucide-react";
import { useState } from "react";
import { NONE, number, percent } from "../layout/format.ts";
import { useRowWindow } from "../layout/useRowWindow.ts";
import { useFeatureView } from "../useView.ts";
import type { FeatureSort } from "../view.ts";
import type { ColumnRow } from "./arrangeColumns.ts";
import { readingLook } from "./readingLook.ts";

const columns: readonly { name: FeatureSort; text: string; title?: string }[] = [
  { name: "name", text: "Column" },
  { name: "lookback", text: "Lookback", title: "bars before a row that it may depend on" },
  {
    name: "missing",
    text: "Missing",
    title: "share of the bars up to the end of the training without a value",
  },
  {
    name: "validation",
    text: "PSI valid.",
    title: "population stability index, validation against training rows",
  },
  { name: "test", text: "PSI test", title: "population stability index, test against training rows" },
  { name: "kept", text: "Selection" },
];
/** as the style sheet has it */
const ROW_PX = 34;

interface ColumnTableProps {
  rows: readonly ColumnRow[];
  /** of the recipe, found or not */
  count: number;
  chosen: string | undefined;
}

export function ColumnTable({ rows, count, chosen }: ColumnTableProps) {
  const [view, setView] = useFeatureView();
  const [find, setFind] = useState(view.find ?? "");
  const list = useRowWindow<HTMLDivElement>(rows.length, ROW_PX);
  const sort = view.sort ?? "place";
  const down = view.down ?? false;
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <label className="field w-full sm:w-80">
          Find by name, formula, source or set
          <span className="relative block">
            <Search aria-hidden className="pointer-events-none absolute top-2.5 left-2.5 size-4" />
            <input
              type="search"
              className="input !pl-8"
              data-testid="column-find"
              value={find}
              onChange={(event) => {
                setFind(event.target.value);
                setView({ find: event.target.value || undefined });
              }}
            />
          </span>
        </label>
        <p className="text-[0.88rem] text-muted" data-testid="column-total" aria-live="polite">
          {rows.length === count
            ? `${number(count)} columns`
            : `${number(rows.length)} of ${number(count)} columns`}
        </p>
      </div>
      <div
        ref={list.box}
        onScroll={list.onScroll}
        className="max-h-[442px] min-h-40 overflow-auto rounded-md border border-line"
        data-testid="column-table"
      >
        <table className="table table-windowed" aria-rowcount={rows.length + 1}>
          <thead>
            <tr>
              {columns.map(({ name, text, title }) => {
                const isSorted = name === sort;
                const Icon = down ? ArrowDown : ArrowUp;
                return (
                  <th
                    key={name}
                    scope="col"
                    title={title}
                    aria-sort={isSorted ? (down ? "descending" : "ascending") : "none"}
                  >
                    <button
                      type="button"
                      className="sort"
                      data-testid={`column-sort-${name}`}
                      onClick={() => setView({ sort: name, down: isSorted ? !down : false })}
                    >
                      {text}
                      <Icon aria-hidden className={`size-3.5 ${isSorted ? "" : "opacity-0"}`} />
                    </button>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody onKeyDown={list.onKeyDown}>
            {list.beforePx > 0 && <tr aria-hidden style={{ height: list.beforePx }} />}
            {rows.slice(list.start, list.end).map(({ doc, found, isKept }, i) => {
              const row = list.start + i;
              const isChosen = doc.name === chosen;
              return (
                <tr key={doc.name} aria-rowindex={row + 2} data-chosen={isChosen}>
                  <th scope="row">
                    <button
                      type="button"
                      data-row={row}
                      data-testid="column-choose"
                      aria-pressed={isChosen}
                      className="font-medium underline decoration-line underline-offset-4 hover:decoration-ink"
                      onClick={() => setView({ column: doc.name })}
                    >
                      {doc.name}
                    </button>
                  </th>
                  <td>{number(doc.lookback)}</td>
                  <td>
                    {found
                      ? percent(found.distribution.missingBars / Math.max(1, found.distribution.bars), 1)
                      : NONE}
                  </td>
                  <DriftCell drift={found?.validation} />
                  <DriftCell drift={found?.test} />
                  <td>
                    {isKept === undefined ? (
                      NONE
                    ) : isKept ? (
                      "kept"
                    ) : (
                      <span className="text-warn">dropped</span>
                    )}
                  </td>
                </tr>
              );
            })}
            {list.afterPx > 0 && <tr aria-hidden style={{ height: list.afterPx }} />}
            {rows.length === 0 && (
              <tr>
                <td colSpan={columns.length}>No column has these words.</td>
              </tr>
            )}
          </tbody>
        </table>
      </div>
      <p className="text-[0.8rem] text-muted">
        Population stability index (PSI) by deciles of the training rows: below 0.1 little drift, up to 0.25
        some, above it a major change. Test rows are shown for drift only.
      </p>
    </>
  );
}

function DriftCell({ drift }: { drift: ColumnDriftOf | undefined }) {
  if (!drift || drift.stabilityIndex === null) return <td>{NONE}</td>;
  const { text, className } = readingLook[drift.reading];
  return (
    <td title={text}>
      <span className={className}>
        {number(drift.stabilityIndex, 2)}
        {drift.reading === "major" ? " !" : ""}
      </span>
    </td>
  );
}
