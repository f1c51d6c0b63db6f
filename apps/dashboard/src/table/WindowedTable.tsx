import type { ReactNode } from "react";
import { type SortColumn, SortHead, type Sorting } from "./SortHead.tsx";
import { useRowWindow } from "./useRowWindow.ts";

/** as the style sheet has it */
const ROW_PX = 34;

interface WindowedTableProps<Row, Name extends string> {
  columns: readonly SortColumn<Name>[];
  /** in the order that is shown */
  rows: readonly Row[];
  sorting: Sorting<Name>;
  keyOf: (row: Row) => string;
  /** the first cell: a button that chooses the row */
  nameOf: (row: Row) => string;
  chosenKey: string | undefined;
  onChoose: (row: Row) => void;
  /** the other cells */
  cells: (row: Row) => ReactNode;
  /** what to say where no row is left */
  empty: string;
  testIds: { table: string; sort: string; choose: string };
  /** of the box that scrolls: its height */
  className: string;
}

/** A long table in a box of its own: sorted by its head, of its rows only those in view are drawn, one of them is chosen. */
export function WindowedTable<Row, Name extends string>(props: WindowedTableProps<Row, Name>) {
  const { columns, rows, sorting, keyOf, nameOf, chosenKey, onChoose, cells, empty, testIds } = props;
  const list = useRowWindow<HTMLDivElement>(rows.length, ROW_PX);
  return (
    <div
      ref={list.box}
      onScroll={list.onScroll}
      className={`overflow-auto rounded-md border border-line ${props.className}`}
      data-testid={testIds.table}
    >
      <table className="table table-windowed" aria-rowcount={rows.length + 1}>
        <SortHead columns={columns} sorting={sorting} testId={testIds.sort} />
        <tbody onKeyDown={list.onKeyDown}>
          {list.beforePx > 0 && <tr aria-hidden style={{ height: list.beforePx }} />}
          {rows.slice(list.start, list.end).map((row, i) => {
            const place = list.start + i;
            const key = keyOf(row);
            const isChosen = key === chosenKey;
            return (
              <tr key={key} aria-rowindex={place + 2} data-chosen={isChosen}>
                <th scope="row">
                  <button
                    type="button"
                    data-row={place}
                    data-testid={testIds.choose}
                    aria-pressed={isChosen}
                    className="font-medium underline decoration-line underline-offset-4 hover:decoration-ink"
                    onClick={() => onChoose(row)}
                  >
                    {nameOf(row)}
                  </button>
                </th>
                {cells(row)}
              </tr>
            );
          })}
          {list.afterPx > 0 && <tr aria-hidden style={{ height: list.afterPx }} />}
          {rows.length === 0 && (
            <tr>
              <td colSpan={columns.length}>{empty}</td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}
