import {
  DownloadRequest,
  type DownloadStatus,
  type SourceInfo,
  type SourcesResponse,
} from "@orion/trade/wire";
import { Download, KeyRound } from "lucide-react";
import { useState } from "react";
import { useCancelDownload, useStartDownload } from "../api/queries.ts";
import { CheckField, InputField, SelectField } from "../form/Field.tsx";
import { JobButtons } from "../form/JobButtons.tsx";
import { number } from "../layout/format.ts";
import { ErrorNote } from "../layout/notes.tsx";
import { kindText } from "./kindText.ts";
import { universeSymbols } from "./universeSymbols.ts";

const sourceText: Record<string, string> = {
  binance: "Binance spot",
  binanceusdm: "Binance USD-M futures",
  alpaca: "Alpaca (US stocks)",
  schwab: "Schwab (US stocks)",
  yahoo: "Yahoo (stocks, ETFs, indices)",
};
const lengths = ["1m", "5m", "15m", "30m", "1h", "4h", "1d"];
const OWN = "own";
const SHOWN_SYMBOLS = 12;

interface DownloadFormProps {
  sources: SourcesResponse;
  status: DownloadStatus | undefined;
}

export function DownloadForm({ sources: { sources, universes }, status }: DownloadFormProps) {
  const start = useStartDownload();
  const cancel = useCancelDownload();
  const usable = sources.find((s) => s.missing === null) ?? sources[0];
  const [sourceName, setSourceName] = useState(usable?.name ?? "");
  const [universe, setUniverse] = useState(OWN);
  const [symbols, setSymbols] = useState("BTCUSDT");
  const [timeframe, setTimeframe] = useState("5m");
  const [kind, setKind] = useState<SourceInfo["kinds"][number]>("bars");
  const [since, setSince] = useState("");
  const [until, setUntil] = useState("");
  const [hasFallback, setHasFallback] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const source = sources.find((s) => s.name === sourceName) ?? usable;
  const isRunning = status?.state === "running";
  const canResume = (status?.state === "cancelled" || status?.state === "failed") && status.request !== null;
  const isOffered = source?.kinds.includes(kind) ?? false;
  const members = universeSymbols(universes, universe, source?.market);
  const asked =
    members ??
    symbols
      .toUpperCase()
      .split(/[\s,]+/)
      .filter(Boolean);

  const canFallBack = source?.name === "alpaca";
  const submit = (): void => {
    cancel.reset();
    const request = DownloadRequest.safeParse({
      source: source?.name,
      symbols: asked,
      timeframe,
      kind: isOffered ? kind : "bars",
      ...(canFallBack && hasFallback ? { fallback: "yahoo" } : {}),
      ...(since ? { since } : {}),
      ...(until ? { until } : {}),
    });
    const issue = request.error?.issues[0];
    setFault(
      request.success
        ? since && until && since >= until
          ? "The range is empty: 'from' has to lie before 'until'."
          : null
        : issue?.path[0] === "symbols" && asked.length === 0
          ? "Write at least one symbol, or choose a universe."
          : `${issue?.path.join(" ")}: ${issue?.message}`,
    );
    if (request.success && !(since && until && since >= until)) start.mutate(request.data);
  };
  return (
    <form
      className="grid content-start gap-3"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
        <SelectField label="Source" testId="download-source" value={source?.name} onChoose={setSourceName}>
          {sources.map(({ name, missing }) => (
            <option key={name} value={name}>
              {`${sourceText[name] ?? name}${missing === null ? "" : " – not ready"}`}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="What"
          testId="download-kind"
          value={isOffered ? kind : "bars"}
          onChoose={(name) => setKind(source?.kinds.find((k) => k === name) ?? "bars")}
        >
          {source?.kinds.map((name) => (
            <option key={name} value={name}>
              {kindText[name]}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="Bar length"
          testId="download-timeframe"
          value={timeframe}
          disabled={kind === "funding" && isOffered}
          onChoose={setTimeframe}
        >
          {lengths.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </SelectField>
        <SelectField
          label="Universe"
          testId="download-universe"
          value={members === null ? OWN : universe}
          onChoose={setUniverse}
        >
          <option value={OWN}>own symbols</option>
          {universes.map(({ name }) => {
            const count = universeSymbols(universes, name, source?.market)?.length ?? 0;
            return (
              <option key={name} value={name} disabled={count === 0}>
                {`${name} (${number(count)} symbols)`}
              </option>
            );
          })}
        </SelectField>
        <InputField
          label="From day (UTC)"
          testId="download-since"
          type="date"
          value={since}
          onText={setSince}
        />
        <InputField
          label="Until day (UTC)"
          testId="download-until"
          type="date"
          value={until}
          onText={setUntil}
        />
      </div>
      <InputField
        label={
          members === null ? "Symbols, comma separated" : `Symbols of ${universe} that this source can have`
        }
        testId="download-symbols"
        inputClass="read-only:opacity-75"
        value={members === null ? symbols : briefly(members)}
        readOnly={members !== null}
        autoCapitalize="characters"
        spellCheck={false}
        onText={setSymbols}
      />
      <p
        className={`flex min-h-[2.6rem] items-start gap-2 text-[0.85rem] ${source?.missing ? "text-warn" : "text-muted"}`}
        data-testid="download-missing"
      >
        {source?.missing && <KeyRound aria-hidden className="mt-0.5 size-4 shrink-0" />}
        {source?.missing ??
          "Without a first day, what is stored goes on after its last bar. The last day is not included; without one it is now."}
      </p>
      {canFallBack && (
        <CheckField
          label="Yahoo stands in where Alpaca cannot serve"
          testId="download-fallback"
          isChecked={hasFallback}
          onCheck={setHasFallback}
        />
      )}
      <div className="flex flex-wrap gap-2">
        <JobButtons
          name="download"
          isRunning={isRunning}
          start={{
            text: "Download",
            Icon: Download,
            isPending: start.isPending,
            isDisabled: source?.missing !== null && !(canFallBack && hasFallback),
          }}
          cancel={cancel}
          onResume={
            canResume
              ? () => {
                  cancel.reset();
                  setFault(null);
                  start.mutate(status.request!);
                }
              : undefined
          }
        />
      </div>
      {(fault ?? start.error ?? cancel.error) && <ErrorNote error={fault ?? start.error ?? cancel.error} />}
    </form>
  );
}

function briefly(symbols: readonly string[]): string {
  const more = symbols.length - SHOWN_SYMBOLS;
  return symbols.slice(0, SHOWN_SYMBOLS).join(", ") + (more > 0 ? ` and ${number(more)} more` : "");
}
