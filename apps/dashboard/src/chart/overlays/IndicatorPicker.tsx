import type { BarsResponse, IndicatorInfo } from "@orion/trade/wire";
import { Plus } from "lucide-react";
import { useState } from "react";
import { FindField, InputField, SelectField } from "../../form/Field.tsx";
import { number } from "../../layout/format.ts";
import { ErrorNote, Loading } from "../../layout/notes.tsx";
import { changedParams, overlayText } from "./overlaySpec.ts";
import { fetchOverlay, useIndicators } from "./useOverlays.ts";

const MOST_OVERLAYS = 6;

interface IndicatorPickerProps {
  bars: BarsResponse;
  overlays: readonly string[];
  onAdd: (text: string) => void;
}

/** Chooses an indicator and its parameters; it is tried on the bars before it is added. */
export default function IndicatorPicker({ bars, overlays, onAdd }: IndicatorPickerProps) {
  const listed = useIndicators(true);
  const [find, setFind] = useState("");
  const [chosen, setChosen] = useState("sma");
  const [given, setGiven] = useState<Record<string, string>>({});
  const [fault, setFault] = useState<string | null>(null);
  const [isTrying, setIsTrying] = useState(false);
  if (listed.error) return <ErrorNote error={listed.error} retry={() => void listed.refetch()} />;
  if (!listed.data) return <Loading label="The indicators are being read" />;
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  const found = listed.data.indicators.filter((one) =>
    words.every((word) => `${one.name} ${one.title} ${one.family}`.toLowerCase().includes(word)),
  );
  const one = found.find((i) => i.name === chosen) ?? found[0];
  const choose = (name: string): void => {
    setChosen(name);
    setGiven({});
    setFault(null);
  };
  const add = async (info: IndicatorInfo): Promise<void> => {
    const spec = { name: info.name, params: changedParams(info.params, given) };
    const text = overlayText(spec);
    if (overlays.includes(text)) return setFault(`${text} is on the chart already`);
    if (overlays.length >= MOST_OVERLAYS)
      return setFault(`${MOST_OVERLAYS} indicators are on the chart: remove one first`);
    setFault(null);
    setIsTrying(true);
    try {
      await fetchOverlay(spec, bars);
      onAdd(text);
    } catch (thrown) {
      setFault(thrown instanceof Error ? thrown.message : String(thrown));
    } finally {
      setIsTrying(false);
    }
  };
  return (
    <form
      className="grid gap-4 rounded-md border border-line p-3 md:grid-cols-[16rem_1fr]"
      data-testid="indicator-picker"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (one) void add(one);
      }}
    >
      <div className="grid content-start gap-2">
        <FindField label="Find an indicator" testId="indicator-find" value={find} onText={setFind} />
        <SelectField
          label={`${number(found.length)} of ${number(listed.data.indicators.length)} indicators`}
          testId="indicator-list"
          inputClass="!h-44 !p-1"
          size={8}
          value={one?.name ?? ""}
          onChoose={choose}
        >
          {found.map(({ name, title }) => (
            <option key={name} value={name}>
              {title} ({name})
            </option>
          ))}
        </SelectField>
      </div>
      {one ? (
        <div className="grid min-w-0 content-start gap-3">
          <div>
            <p className="font-medium" data-testid="indicator-title">
              {one.title}
            </p>
            <p className="font-mono text-[0.82rem] break-words">{one.formula}</p>
            <p className="text-[0.8rem] text-muted">
              {one.source}. Drawn {placesOf(one)}; looks back on{" "}
              {one.lookback === null ? "the whole history" : `${number(one.lookback)} bars at these defaults`}
              .{one.beside.length > 0 && ` Reads ${one.beside.join(" and ")} stored beside the bars.`}
            </p>
          </div>
          <div className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
            {one.params.map((param) => {
              const value = given[param.name] ?? String(param.preset);
              const change = (text: string): void => setGiven({ ...given, [param.name]: text });
              const choices = param.kind === "switch" ? ["true", "false"] : param.choices;
              const field = {
                label: param.name,
                id: `param-${param.name}`,
                testId: `param-${param.name}`,
                value,
              };
              return choices.length > 0 ? (
                <SelectField key={`${one.name} ${param.name}`} {...field} onChoose={change}>
                  {choices.map((choice) => (
                    <option key={choice}>{choice}</option>
                  ))}
                </SelectField>
              ) : (
                <InputField
                  key={`${one.name} ${param.name}`}
                  {...field}
                  inputMode={param.kind === "choice" ? "text" : "decimal"}
                  onText={change}
                />
              );
            })}
          </div>
          {fault && <ErrorNote error={fault} />}
          <button
            type="submit"
            className="button button-primary justify-self-start"
            data-testid="indicator-add"
            disabled={isTrying}
          >
            <Plus aria-hidden className="size-4" />
            Add to the chart
          </button>
        </div>
      ) : (
        <p className="text-[0.9rem] text-muted">No indicator has these words.</p>
      )}
      {listed.data.unavailable.length > 0 && (
        <p className="text-[0.8rem] text-muted md:col-span-2">
          Not offered, what they read is not stored for a symbol:{" "}
          {listed.data.unavailable.map(({ name, needs }) => `${name} (${needs.join(", ")})`).join("; ")}.
        </p>
      )}
    </form>
  );
}

function placesOf({ outputs }: IndicatorInfo): string {
  const isOver = outputs.some((output) => output.place === "price");
  const isBelow = outputs.some((output) => output.place === "pane");
  return isOver && isBelow
    ? "over the candles and below them"
    : isOver
      ? "over the candles"
      : "below the candles";
}
