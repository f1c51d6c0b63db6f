import type { FeatureChoice, FeatureReport } from "@orion/trade/wire";
import { number, percent } from "../layout/format.ts";
import { EmptyNote } from "../layout/notes.tsx";
import { Panel } from "../layout/Panel.tsx";
import { ListTable } from "../table/ListTable.tsx";
import { useFeatureView } from "../useView.ts";

/** What the selection takes away and why, or the components that it makes. */
export function SelectionPanel({ report, className }: { report: FeatureReport; className: string }) {
  const { choice, isInRecipe, columns, correlation } = report;
  return (
    <Panel title="Selection" testId="selection-panel" className={className}>
      <p className="text-[0.88rem] text-muted" data-testid="selection-rule">
        {!isInRecipe && "The recipe's network reads all columns; this is what a selection would do. "}
        {choice.kind === "correlation"
          ? `Of two columns with |r| above ${number(choice.limit, 2)} the one goes that tells less about the ${choice.against}. ${number(choice.kept.length)} of ${number(columns.length)} stay, judged on ${number(correlation.rows)} training rows.`
          : `As few principal components as hold ${percent(choice.variance, 0)} of the variance of ${number(columns.length - choice.constant.length)} columns: ${number(choice.components.length)}, fitted on ${number(correlation.rows)} training rows.`}
      </p>
      {choice.kind === "correlation" ? <DroppedList choice={choice} /> : <Components choice={choice} />}
    </Panel>
  );
}

function DroppedList({ choice }: { choice: Extract<FeatureChoice, { kind: "correlation" }> }) {
  const [, setView] = useFeatureView();
  const { dropped } = choice;
  if (dropped.length === 0) return <EmptyNote>Nothing is dropped.</EmptyNote>;
  return (
    <ListTable
      testId="dropped-list"
      count={dropped.length}
      heads={[
        { text: "Dropped" },
        { text: "for" },
        { text: "r" },
        {
          text: "mnats",
          title: "mutual information with the label, millinats: of the dropped and of the kept column",
        },
      ]}
    >
      {dropped.map((column) => (
        <tr key={column.name}>
          <th scope="row">
            <button
              type="button"
              className="underline decoration-line underline-offset-4 hover:decoration-ink"
              onClick={() => setView({ column: column.name })}
            >
              {column.name}
            </button>
          </th>
          {column.reason === "constant" ? (
            <td colSpan={3}>does not vary</td>
          ) : (
            <>
              <td>{column.kept}</td>
              <td>{number(column.r, 3)}</td>
              <td>
                {number(column.information * 1000, 2)} / {number(column.keptInformation * 1000, 2)}
              </td>
            </>
          )}
        </tr>
      ))}
    </ListTable>
  );
}

function Components({ choice }: { choice: Extract<FeatureChoice, { kind: "pca" }> }) {
  let held = 0;
  const rows = choice.components.map((component) => {
    held += component.share;
    return { ...component, held };
  });
  return (
    <ListTable
      testId="component-list"
      count={rows.length}
      heads={[
        { text: "Component" },
        { text: "Variance" },
        { text: "together" },
        { text: "weighs most", isLeft: true },
      ]}
      below={
        choice.constant.length > 0 && (
          <p className="p-2 text-[0.85rem] text-muted">
            Left out, they do not vary: {choice.constant.join(", ")}.
          </p>
        )
      }
    >
      {rows.map((component) => (
        <tr key={component.name}>
          <th scope="row">{component.name}</th>
          <td>{percent(component.share, 1)}</td>
          <td>{percent(component.held, 1)}</td>
          <td className="!text-left !whitespace-normal">
            {component.loadings
              .slice(0, 4)
              .map(({ column, weight }) => `${column} ${number(weight, 2)}`)
              .join(", ")}
          </td>
        </tr>
      ))}
    </ListTable>
  );
}
