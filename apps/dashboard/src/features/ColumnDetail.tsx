import type { ColumnDriftOf, FeatureChoice } from "@orion/trade/wire";
import { number, percent } from "../layout/format.ts";
import { EmptyNote, Loading } from "../layout/notes.tsx";
import type { ColumnRow } from "./arrangeColumns.ts";
import { figure } from "./figure.ts";
import { Histogram } from "./Histogram.tsx";
import { readingLook } from "./readingLook.ts";

interface ColumnDetailProps {
  row: ColumnRow;
  choice: FeatureChoice | undefined;
  isPending: boolean;
}

/** One column: what it is, how its training rows lie, and how far the later ones have drifted. */
export function ColumnDetail({ row, choice, isPending }: ColumnDetailProps) {
  const { doc, found } = row;
  const dropped =
    choice?.kind === "correlation" ? choice.dropped.find((d) => d.name === doc.name) : undefined;
  const d = found?.distribution;
  return (
    <div className="flex flex-col gap-4" data-testid="column-detail" data-column={doc.name}>
      <dl className="grid gap-2 text-[0.9rem]">
        <div>
          <dt className="eyebrow">Formula (t the current bar)</dt>
          <dd className="font-mono text-[0.86rem] break-words">{doc.formula}</dd>
        </div>
        <div>
          <dt className="eyebrow">Source</dt>
          <dd>{doc.source}</dd>
        </div>
        <div>
          <dt className="eyebrow">Set, and its lookback</dt>
          <dd>
            {doc.set}, {number(doc.lookback)} bars
          </dd>
        </div>
      </dl>
      {dropped && (
        <p className="note note-warn" data-testid="column-dropped">
          {dropped.reason === "constant"
            ? "Dropped: it does not vary in the training rows."
            : `Dropped for ${dropped.kept}: r ${number(dropped.r, 3)}, and ${figure(dropped.information)} nats about the label against ${figure(dropped.keptInformation)}.`}
        </p>
      )}
      {!isPending && !d && (
        <EmptyNote>How it lies and drifts is shown once the bars that it is made of are stored.</EmptyNote>
      )}
      {isPending && <Loading label="The column is being computed" rows={5} />}
      {d && found && (
        <>
          <Histogram
            distribution={d}
            label={`Distribution of ${doc.name} in ${number(d.rows - d.missing)} training rows`}
          />
          <dl className="grid grid-cols-2 gap-x-4 gap-y-1 text-[0.86rem] sm:grid-cols-4">
            {[
              ["Mean", figure(d.mean)],
              ["Deviation", figure(d.deviation)],
              ["Least", figure(d.least)],
              ["Most", figure(d.most)],
            ].map(([name, value]) => (
              <div key={name}>
                <dt className="eyebrow">{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <div>
            <p className="eyebrow pb-1">
              Quantiles of {number(d.rows - d.missing)} training rows, in the column's own unit
            </p>
            <dl
              className="grid grid-cols-[repeat(auto-fill,minmax(5.4rem,1fr))] gap-x-3 gap-y-1 text-[0.86rem]"
              data-testid="column-quantiles"
            >
              {d.quantiles.map((q) => (
                <div key={q.share}>
                  <dt className="eyebrow">{percent(q.share, 0)}</dt>
                  <dd>{figure(q.value)}</dd>
                </div>
              ))}
            </dl>
          </div>
          <p className="text-[0.86rem] text-muted" data-testid="column-missing">
            Missing: {number(d.missing)} of {number(d.rows)} training rows; {number(d.missingBars)} of{" "}
            {number(d.bars)} bars up to their end ({percent(d.missingBars / Math.max(1, d.bars), 2)}: warm-up
            and holes, which are no rows to learn from).
          </p>
          <div className="overflow-x-auto">
            <table className="table table-tight" data-testid="column-drift">
              <caption className="eyebrow pb-1 text-left">Drift from the training rows</caption>
              <thead>
                <tr>
                  <th scope="col">Rows</th>
                  <th scope="col">with a value</th>
                  <th scope="col">PSI</th>
                  <th scope="col">KS distance</th>
                  <th scope="col">Reading</th>
                </tr>
              </thead>
              <tbody>
                <DriftRow name="Validation" drift={found.validation} />
                <DriftRow name="Test (display only)" drift={found.test} />
              </tbody>
            </table>
          </div>
        </>
      )}
    </div>
  );
}

function DriftRow({ name, drift }: { name: string; drift: ColumnDriftOf }) {
  const { text, className } = readingLook[drift.reading];
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{number(drift.rows)}</td>
      <td>{number(drift.stabilityIndex, 3)}</td>
      <td>{number(drift.kolmogorovSmirnov, 3)}</td>
      <td className={className}>{text}</td>
    </tr>
  );
}
