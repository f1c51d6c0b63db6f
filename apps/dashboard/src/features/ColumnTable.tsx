import type { ColumnDriftOf } from "@orion/trade/wire";
import { useState } from "react";
import { NONE, number, percent } from "../layout/format.ts";
import { FindBar } from "../table/FindBar.tsx";
import type { SortColumn } from "../table/SortHead.tsx";
import { WindowedTable } from "../table/WindowedTable.tsx";
import { useFeatureView } from "../useView.ts";
import type { FeatureSort } from "../view.ts";
import type { ColumnRow } from "./arrangeColumns.ts";
import { readingLook } from "./readingLook.ts";

const columns: readonly SortColumn<FeatureSort>[] = [
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

interface ColumnTableProps {
  rows: readonly ColumnRow[];
  /** of the recipe, found or not */
  count: number;
  chosen: string | undefined;
}

export function ColumnTable({ rows, count, chosen }: ColumnTableProps) {
  const [view, setView] = useFeatureView();
  const [find, setFind] = useState(view.find ?? "");
  return (
    <>
      <FindBar
        label="Find by name, formula, source or set"
        name="column"
        value={find}
        onText={(text) => {
          setFind(text);
          setView({ find: text || undefined });
        }}
      >
        {rows.length === count
          ? `${number(count)} columns`
          : `${number(rows.length)} of ${number(count)} columns`}
      </FindBar>
      <WindowedTable
        columns={columns}
        rows={rows}
        sorting={{ by: view.sort ?? "place", down: view.down ?? false, set: setView }}
        keyOf={({ doc }) => doc.name}
        nameOf={({ doc }) => doc.name}
        chosenKey={chosen}
        onChoose={({ doc }) => setView({ column: doc.name })}
        cells={(row) => <Cells row={row} />}
        empty="No column has these words."
        testIds={{ table: "column-table", sort: "column-sort", choose: "column-choose" }}
        className="max-h-[442px] min-h-40"
      />
      <p className="text-[0.8rem] text-muted">
        Population stability index (PSI) by deciles of the training rows: below 0.1 little drift, up to 0.25
        some, above it a major change. Test rows are shown for drift only.
      </p>
    </>
  );
}

function Cells({ row: { doc, found, isKept } }: { row: ColumnRow }) {
  return (
    <>
      <td>{number(doc.lookback)}</td>
      <td>
        {found ? percent(found.distribution.missingBars / Math.max(1, found.distribution.bars), 1) : NONE}
      </td>
      <DriftCell drift={found?.validation} />
      <DriftCell drift={found?.test} />
      <td>{isKept === undefined ? NONE : isKept ? "kept" : <span className="text-warn">dropped</span>}</td>
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
