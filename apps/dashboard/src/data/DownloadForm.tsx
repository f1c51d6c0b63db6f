import { DownloadRequest } from "@orion/trade/wire";
import { Download, Square } from "lucide-react";
import { useState } from "react";
import { useCancelDownload, useDownload, useStartDownload } from "../api/queries.ts";
import { ErrorNote } from "../layout/notes.tsx";
import { DownloadProgress } from "./DownloadProgress.tsx";

const sources: readonly { value: DownloadRequest["source"]; text: string }[] = [
  { value: "binanceusdm", text: "Binance USD-M futures" },
  { value: "binance", text: "Binance spot" },
];

export function DownloadForm() {
  const start = useStartDownload();
  const cancel = useCancelDownload();
  const status = useDownload().data;
  const [source, setSource] = useState<DownloadRequest["source"]>("binanceusdm");
  const [symbols, setSymbols] = useState("BTCUSDT");
  const [timeframe, setTimeframe] = useState("5m");
  const [since, setSince] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  const isRunning = status?.state === "running";
  return (
    <form
      className="grid content-start gap-3"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        cancel.reset();
        const request = DownloadRequest.safeParse({
          source,
          symbols: symbols
            .toUpperCase()
            .split(/[\s,]+/)
            .filter(Boolean),
          timeframe,
          ...(since ? { since } : {}),
        });
        setFault(request.success ? null : (request.error.issues[0]?.message ?? "The form is not complete."));
        if (request.success) start.mutate(request.data);
      }}
    >
      <div className="grid grid-cols-2 gap-3">
        <label className="field">
          Source
          <select
            className="input"
            data-testid="download-source"
            value={source}
            onChange={(event) =>
              setSource(sources.find((s) => s.value === event.target.value)?.value ?? "binance")
            }
          >
            {sources.map(({ value, text }) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          Symbols, comma separated
          <input
            className="input"
            data-testid="download-symbols"
            value={symbols}
            autoCapitalize="characters"
            spellCheck={false}
            onChange={(event) => setSymbols(event.target.value)}
          />
        </label>
        <label className="field">
          Bar length
          <select
            className="input"
            data-testid="download-timeframe"
            value={timeframe}
            onChange={(event) => setTimeframe(event.target.value)}
          >
            {["1m", "5m", "15m", "30m", "1h", "4h", "1d"].map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label className="field">
          Since (empty: go on after the last bar)
          <input
            type="date"
            className="input"
            data-testid="download-since"
            value={since}
            onChange={(event) => setSince(event.target.value)}
          />
        </label>
      </div>
      <div>
        {isRunning ? (
          <button
            type="button"
            className="button"
            data-testid="download-cancel"
            disabled={cancel.isPending || cancel.isSuccess}
            onClick={() => cancel.mutate()}
          >
            <Square aria-hidden className="size-4" />
            {cancel.isSuccess ? "Stopping…" : "Cancel"}
          </button>
        ) : (
          <button type="submit" className="button" data-testid="download-start" disabled={start.isPending}>
            <Download aria-hidden className="size-4" />
            {start.isPending ? "Starting…" : "Download"}
          </button>
        )}
      </div>
      {(fault ?? start.error ?? cancel.error) && <ErrorNote error={fault ?? start.error ?? cancel.error} />}
      {status && status.state !== "idle" && <DownloadProgress status={status} />}
    </form>
  );
}
