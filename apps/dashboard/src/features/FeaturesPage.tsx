import type { FeatureReport, FeaturesResponse } from "@orion/trade/wire";
import { useMemo } from "react";
import { useRecipes, useStatus } from "../api/queries.ts";
import { SelectField } from "../form/Field.tsx";
import { RecipeField } from "../form/RecipeField.tsx";
import { Frame } from "../layout/Frame.tsx";
import { duration, number, utc } from "../layout/format.ts";
import { ErrorNote, Loading, WarnNote } from "../layout/notes.tsx";
import { Panel } from "../layout/Panel.tsx";
import { useFeatureView } from "../useView.ts";
import { AuditPanel } from "./AuditPanel.tsx";
import { arrangeColumns, columnRows } from "./arrangeColumns.ts";
import { ColumnDetail } from "./ColumnDetail.tsx";
import { ColumnTable } from "./ColumnTable.tsx";
import { CorrelationPanel } from "./CorrelationPanel.tsx";
import { useFeatureReport, useFeatures } from "./queries.ts";
import { SelectionPanel } from "./SelectionPanel.tsx";

const FIRST_RECIPE = "orionquant";

/** What a recipe's network sees: every column, how it lies and drifts, what moves together, and whether anything looks ahead. */
export function FeaturesPage() {
  const [view, setView] = useFeatureView();
  const status = useStatus();
  const recipes = useRecipes();
  const recipe = view.recipe ?? FIRST_RECIPE;
  const features = useFeatures(recipe);
  const report = useFeatureReport(recipe, view.symbol);
  const rows = useMemo(
    () => columnRows(features.data?.columns ?? [], report.data?.columns, report.data?.choice),
    [features.data, report.data],
  );
  const arranged = useMemo(
    () =>
      arrangeColumns(rows, {
        find: view.find ?? "",
        sort: view.sort ?? "place",
        down: view.down ?? false,
      }),
    [rows, view.find, view.sort, view.down],
  );
  const chosen = rows.find((row) => row.doc.name === view.column) ?? arranged[0] ?? rows[0];
  return (
    <Frame barTime={null} timeframe={null} version={status.data?.version}>
      <Panel title="What the network sees" testId="features-panel" className="lg:col-span-12">
        <div className="flex flex-wrap items-end gap-x-5 gap-y-3">
          <RecipeField
            testId="features-recipe"
            names={recipes.data?.map(({ name }) => name)}
            recipe={recipe}
            onChoose={(name) => setView({ recipe: name, symbol: undefined, column: undefined })}
          />
          {features.data && features.data.symbols.length > 1 && (
            <SelectField
              label="Symbol"
              testId="features-symbol"
              className="w-full sm:w-56"
              value={view.symbol ?? ""}
              onChoose={(symbol) => setView({ symbol: symbol || undefined })}
            >
              <option value="">all {number(features.data.symbols.length)} together</option>
              {features.data.symbols.map((symbol) => (
                <option key={symbol}>{symbol}</option>
              ))}
            </SelectField>
          )}
          <p className="grow basis-72 text-[0.88rem] text-muted" data-testid="features-summary">
            {features.data && summaryOf(features.data)}
          </p>
        </div>
        {features.error && <ErrorNote error={features.error} retry={() => void features.refetch()} />}
        {report.error && <ErrorNote error={report.error} retry={() => void report.refetch()} />}
        {report.isPending && (
          <p role="status" className="note text-muted" data-testid="features-working">
            The columns are being computed on the stored bars; this takes some seconds.
          </p>
        )}
        {report.data && <PartsLine report={report.data} />}
        {report.data && report.data.leftOut.length > 0 && (
          <WarnNote testId="features-left-out">
            {number(report.data.leftOut.length)} of the recipe's symbols gave too few rows:{" "}
            {report.data.leftOut.map((s) => s.symbol).join(", ")}. {report.data.leftOut[0]!.reason}.
          </WarnNote>
        )}
      </Panel>
      <Panel title="Columns" testId="columns-panel" className="lg:col-span-7">
        {features.isPending ? (
          <Loading label="The columns are being read" rows={6} />
        ) : (
          <ColumnTable rows={arranged} count={rows.length} chosen={chosen?.doc.name} />
        )}
      </Panel>
      <Panel
        title={chosen ? chosen.doc.name : "Column"}
        testId="column-panel"
        className="lg:col-span-5 lg:min-h-[30rem]"
      >
        {chosen && <ColumnDetail row={chosen} choice={report.data?.choice} isPending={report.isPending} />}
      </Panel>
      {report.data && (
        <>
          <CorrelationPanel report={report.data} className="lg:col-span-7" />
          <SelectionPanel report={report.data} className="lg:col-span-5" />
        </>
      )}
      <AuditPanel recipe={recipe} dataSha256={report.data?.dataSha256} className="lg:col-span-12" />
    </Frame>
  );
}

function summaryOf({
  columns,
  symbols,
  timeframe,
  market,
  context,
  window,
  about,
}: FeaturesResponse): string {
  const whose = symbols.length === 1 ? symbols[0] : `${number(symbols.length)} symbols`;
  const beside = context.length === 0 ? "" : ` beside ${context.join(", ")}`;
  return `${number(columns.length)} columns of ${whose} (${market}, ${timeframe})${beside}, read in windows of ${number(window)} bars. ${about}`;
}

function PartsLine({ report }: { report: FeatureReport }) {
  const { parts, dataSha256, seconds } = report;
  return (
    <dl
      className="grid gap-x-6 gap-y-1 text-[0.85rem] sm:grid-cols-2 xl:grid-cols-4"
      data-testid="features-parts"
      data-sha256={dataSha256}
    >
      {(["train", "validation", "test"] as const).map((name) => (
        <div key={name}>
          <dt className="text-muted">{partText[name]}</dt>
          <dd>
            {number(parts[name].rows)} rows, {utc(parts[name].from)} to {utc(parts[name].to)}
          </dd>
        </div>
      ))}
      <div>
        <dt className="text-muted">Bars (SHA-256)</dt>
        <dd>
          <code>{dataSha256.slice(0, 12)}</code>,{" "}
          {seconds === 0
            ? "kept from before"
            : `computed in ${seconds < 10 ? number(seconds, 1) : ""}${seconds < 10 ? " s" : duration(seconds)}`}
        </dd>
      </div>
    </dl>
  );
}

const partText = {
  train: "Training rows: all figures but drift",
  validation: "Validation rows: drift only",
  test: "Test rows: shown for drift only, nothing is chosen by them",
};
