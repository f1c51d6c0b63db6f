import type { FeatureReport } from "@orion/trade/wire";
import { ToggleGroup } from "radix-ui";
import { useCallback, useMemo } from "react";
import { number } from "../layout/format.ts";
import { EmptyNote } from "../layout/notes.tsx";
import { Panel } from "../layout/Panel.tsx";
import { useFeatureView } from "../useView.ts";
import { HeatMap } from "./HeatMap.tsx";

/** Which columns move together, before the selection and after it. */
export function CorrelationPanel({ report, className }: { report: FeatureReport; className: string }) {
  const [view, setView] = useFeatureView();
  const { choice, correlation, columns } = report;
  const isAfter = view.after === true && choice.kind === "correlation";
  const order = view.order ?? "blocks";
  const shown = useMemo(() => {
    const inOrder = order === "blocks" ? correlation.order : columns.map((_, f) => f);
    if (!isAfter || choice.kind !== "correlation") return inOrder;
    const kept = new Set(choice.kept);
    return inOrder.filter((f) => kept.has(columns[f]!.name));
  }, [order, isAfter, choice, correlation, columns]);
  const names = useMemo(() => shown.map((f) => columns[f]!.name), [shown, columns]);
  const F = columns.length;
  const r = useCallback(
    (row: number, column: number): number | null => correlation.r[shown[row]! * F + shown[column]!] ?? null,
    [correlation, shown, F],
  );
  const strongest = useMemo(() => strongestPair(names, r), [names, r]);
  return (
    <Panel
      title="Correlation of the columns"
      testId="correlation-panel"
      className={className}
      aside={
        choice.kind === "correlation" && (
          <Switch
            label="Before or after the selection"
            value={isAfter ? "after" : "before"}
            options={[
              ["before", `Before: ${number(F)}`],
              ["after", `After: ${number(choice.kept.length)}`],
            ]}
            onChange={(value) => setView({ after: value === "after" || undefined })}
          />
        )
      }
    >
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 text-[0.86rem] text-muted">
        <p data-testid="correlation-rows">
          Pearson's r over {number(correlation.rows)} training rows that are whole in every column.
        </p>
        <Switch
          label="Order of the columns"
          value={order}
          options={[
            ["blocks", "In blocks"],
            ["recipe", "As in the recipe"],
          ]}
          onChange={(value) => setView({ order: value === "recipe" ? "recipe" : undefined })}
        />
      </div>
      {choice.kind === "pca" && (
        <EmptyNote>
          The recipe reads principal components: they do not correlate in the training rows, so that only the
          columns they are made of are drawn.
        </EmptyNote>
      )}
      <HeatMap
        names={names}
        r={r}
        label={`Correlation of ${number(names.length)} columns ${isAfter ? "after" : "before"} the selection`}
      />
      {strongest && (
        <p className="text-[0.86rem] text-muted" data-testid="correlation-strongest">
          Closest pair {isAfter ? "that stays" : "of all"}: {strongest.one} and {strongest.other}, r{" "}
          {number(strongest.r, 3)}.
        </p>
      )}
    </Panel>
  );
}

function strongestPair(
  names: readonly string[],
  r: (row: number, column: number) => number | null,
): { one: string; other: string; r: number } | null {
  let found: { one: string; other: string; r: number } | null = null;
  for (let i = 0; i < names.length; i++) {
    for (let j = i + 1; j < names.length; j++) {
      const value = r(i, j);
      if (value === null || (found && Math.abs(value) <= Math.abs(found.r))) continue;
      found = { one: names[i]!, other: names[j]!, r: value };
    }
  }
  return found;
}

interface SwitchProps<V extends string> {
  label: string;
  value: V;
  options: readonly (readonly [V, string])[];
  onChange: (value: V) => void;
}

function Switch<V extends string>({ label, value, options, onChange }: SwitchProps<V>) {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={(chosen) => {
        const known = options.find(([name]) => name === chosen);
        if (known) onChange(known[0]);
      }}
      className="inline-flex rounded-md border border-line bg-raised p-0.5"
    >
      {options.map(([name, text]) => (
        <ToggleGroup.Item
          key={name}
          value={name}
          data-testid={`switch-${name}`}
          className="h-7 rounded px-2.5 text-[0.85rem] text-muted data-[state=on]:bg-accent data-[state=on]:font-semibold data-[state=on]:text-on-accent"
        >
          {text}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
