import type { AuditColumn, AuditRun, AuditVerdict } from "@orion/trade/wire";
import { CircleCheck, CircleDashed, CircleX } from "lucide-react";
import { useState } from "react";
import { CheckField } from "../form/Field.tsx";
import { NONE, number, percent, utc } from "../layout/format.ts";
import { WarnNote } from "../layout/notes.tsx";
import { figure } from "./figure.ts";

const look = {
  clean: { Icon: CircleCheck, className: "text-buy" },
  leak: { Icon: CircleX, className: "text-sell font-medium" },
  "not judged": { Icon: CircleDashed, className: "text-muted" },
} as const;

interface AuditReportViewProps {
  run: AuditRun;
  /** that the page shows */
  recipe: string;
  dataSha256: string | undefined;
}

/** The last audit: the verdict, each check, each column. */
export function AuditReportView({ run, recipe, dataSha256 }: AuditReportViewProps) {
  const { report } = run;
  const [onlyLeaks, setOnlyLeaks] = useState(false);
  const leaks = report.columns.filter(isLeaking);
  const columns = onlyLeaks ? leaks : report.columns;
  return (
    <div className="grid gap-4" data-testid="audit-report">
      <div className="flex flex-wrap items-baseline gap-x-5 gap-y-1">
        <p className="text-[1.15rem]" data-testid="audit-verdict" data-verdict={report.verdict}>
          <Verdict verdict={report.verdict} /> <span className="font-medium">{report.recipe}</span>
        </p>
        <p className="text-[0.85rem] text-muted">
          {run.request.quick ? "quick" : "full"}, run {utc(run.startedAt)} to {utc(run.finishedAt)} UTC on
          bars <code>{run.dataSha256.slice(0, 12)}</code>; {number(report.examples.train)} training,{" "}
          {number(report.examples.validation)} validation and {number(report.examples.test)} test examples of{" "}
          {report.symbols.map((s) => s.symbol).join(", ")}; trained: {report.training}
        </p>
      </div>
      {report.recipe !== recipe && (
        <WarnNote>
          This report is of the recipe {report.recipe}; the page shows {recipe}.
        </WarnNote>
      )}
      {report.recipe === recipe && dataSha256 !== undefined && dataSha256 !== run.dataSha256 && (
        <WarnNote>
          Other bars are shown than the audit was run on: other symbols, or they have changed since.
        </WarnNote>
      )}
      <div className="overflow-x-auto">
        <table className="table" data-testid="audit-checks">
          <thead>
            <tr>
              <th scope="col">Check</th>
              <th scope="col" className="!text-left">
                Verdict
              </th>
              <th scope="col" className="!text-left">
                Found
              </th>
              <th scope="col">Compared</th>
            </tr>
          </thead>
          <tbody>
            {report.checks.map((check) => (
              <tr key={check.id}>
                <th scope="row" className="min-w-44 !whitespace-normal">
                  {check.title}
                </th>
                <td className="!text-left">
                  <Verdict verdict={check.verdict} />
                </td>
                <td className="min-w-60 !text-left !whitespace-normal">{check.finding}</td>
                <td>{number(check.compared)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {report.permutation.length > 0 && (
        <ul className="grid gap-1 text-[0.86rem] text-muted">
          {report.permutation.map((p) => (
            <li key={p.head}>
              {p.head}: balanced accuracy on {number(p.rows)} validation rows after training on permuted
              labels {percent(p.mean, 1)}
              {p.interval && ` (99 %: ${percent(p.interval[0], 1)} to ${percent(p.interval[1], 1)})`}, by
              chance {percent(p.chance, 1)}, on true labels {percent(p.unpermuted, 1)}
            </li>
          ))}
        </ul>
      )}
      {report.columns.length > 0 && (
        <div className="grid gap-2">
          <div className="flex flex-wrap items-center justify-between gap-3">
            <h3 className="text-[0.95rem]">
              {number(report.columns.length)} columns, {number(leaks.length)} with a leak
            </h3>
            <CheckField
              label="only those with a leak"
              testId="audit-only-leaks"
              isChecked={onlyLeaks}
              onCheck={setOnlyLeaks}
            />
          </div>
          <section
            className="max-h-96 overflow-auto rounded-md border border-line"
            data-testid="audit-columns"
            aria-label="Verdict of each column"
          >
            <table className="table table-windowed">
              <thead>
                <tr>
                  <th scope="col">Column</th>
                  <th scope="col">Kind</th>
                  <th scope="col">Truncation</th>
                  <th scope="col">Perturbation</th>
                  <th scope="col">Warm-up</th>
                  <th scope="col" title="in deviations of the column">
                    Warm-up distance
                  </th>
                </tr>
              </thead>
              <tbody>
                {columns.map((column) => (
                  <tr key={`${column.kind} ${column.name}`}>
                    <th scope="row">{column.name}</th>
                    <td>{column.kind}</td>
                    {(["truncation", "perturbation", "warmUp"] as const).map((check) => (
                      <td key={check}>
                        <Verdict verdict={column[check]} />
                      </td>
                    ))}
                    <td>{column.warmUpDeviation === null ? NONE : figure(column.warmUpDeviation)}</td>
                  </tr>
                ))}
                {columns.length === 0 && (
                  <tr>
                    <td colSpan={6}>No column leaks.</td>
                  </tr>
                )}
              </tbody>
            </table>
          </section>
        </div>
      )}
      {leaks.length > 0 && (
        <ul className="grid gap-1 text-[0.86rem]" data-testid="audit-leaks">
          {leaks.slice(0, 20).flatMap((column) =>
            column.leaks.map((leak) => (
              <li key={`${column.name} ${leak.check} ${leak.row}`}>
                {column.name} of {leak.symbol}, row {utc(leak.row)}: {figure(leak.was)} became{" "}
                {figure(leak.became)} when only bars after {utc(leak.moment)} were another ({leak.check})
                {leak.note && `; ${leak.note}`}
              </li>
            )),
          )}
        </ul>
      )}
      {report.notes.length > 0 && (
        <ul className="grid gap-1 text-[0.84rem] text-muted">
          {report.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function isLeaking({ truncation, perturbation, warmUp }: AuditColumn): boolean {
  return [truncation, perturbation, warmUp].includes("leak");
}

function Verdict({ verdict }: { verdict: AuditVerdict }) {
  const { Icon, className } = look[verdict];
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap ${className}`}>
      <Icon aria-hidden className="size-4 shrink-0" />
      {verdict}
    </span>
  );
}
