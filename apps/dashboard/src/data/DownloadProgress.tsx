import type { DownloadStatus, SymbolProgress } from "@orion/trade/wire";
import { duration, number } from "../layout/format.ts";
import { ErrorNote, WarnNote } from "../layout/notes.tsx";
import { ProgressBar } from "../layout/ProgressBar.tsx";
import { kindText } from "./kindText.ts";

/** How far the download is, as a whole and for each symbol that was begun. */
export function DownloadProgress({ status }: { status: DownloadStatus }) {
  const { state, progress, request, symbols, source } = status;
  const count = progress.length || symbols.length;
  const ended = progress.filter((p) => p.state === "done" || p.state === "failed").length;
  const failed = progress.filter((p) => p.state === "failed").length;
  const share =
    progress.length > 0 ? progress.reduce((sum, p) => sum + shareOf(p), 0) / progress.length : null;
  const added = progress.reduce((sum, p) => sum + (p.added ?? 0), 0);
  const begun = progress.filter((p) => p.state !== "waiting").reverse();
  return (
    <div
      data-testid="download-status"
      data-state={state}
      className="grid content-start gap-2.5 text-[0.9rem]"
    >
      <div className="flex flex-wrap justify-between gap-x-4">
        <span className="font-medium">
          {request &&
            `${request.kind === "funding" ? "" : `${request.timeframe} `}${kindText[request.kind]} of `}
          {number(count)} {count === 1 ? "symbol" : "symbols"} from {source}
        </span>
        <span className="text-muted" data-testid="download-left">
          {state === "running"
            ? status.secondsLeft === null
              ? "time left not known yet"
              : `${duration(status.secondsLeft)} left`
            : state}
        </span>
      </div>
      <ProgressBar
        label="Progress of the download"
        value={state === "done" ? 1 : share}
        testId="download-total"
      />
      <p className="flex flex-wrap gap-x-5 text-muted">
        <span>
          {number(ended)} of {number(count)} symbols ended{failed > 0 && `, ${number(failed)} failed`}
        </span>
        <span data-testid="download-added">{number(added)} new rows stored</span>
      </p>
      <p className="min-h-[1.3rem] truncate text-muted" title={status.message ?? undefined}>
        {state === "running" ? status.message : ""}
      </p>
      {state === "failed" && <ErrorNote error={status.error ?? "The download failed."} />}
      {state === "cancelled" && (
        <WarnNote>The download was stopped. What was stored stays; Resume goes on there.</WarnNote>
      )}
      {begun.length > 0 && (
        <ul
          aria-label="Symbols, the last begun first"
          data-testid="download-symbols-progress"
          className="max-h-44 overflow-auto rounded-md border border-line"
        >
          {begun.map((p) => (
            <SymbolLine key={p.symbol} progress={p} />
          ))}
        </ul>
      )}
    </div>
  );
}

function SymbolLine({ progress: p }: { progress: SymbolProgress }) {
  return (
    <li
      data-symbol={p.symbol}
      data-state={p.state}
      className="grid grid-cols-[5.5rem_1fr_11.5rem] items-center gap-x-3 border-b border-line/60 px-3 py-1.5 text-[0.85rem] [contain-intrinsic-size:auto_2rem] [content-visibility:auto] last:border-b-0"
    >
      <span className="truncate font-medium">{p.symbol}</span>
      <ProgressBar label={`Progress of ${p.symbol}`} value={shareOf(p)} />
      <span className={`text-right ${p.state === "failed" ? "text-sell" : "text-muted"}`}>
        {p.state === "done" ? `done, ${number(p.added)} new` : p.state}
        {(p.state === "running" || p.state === "stopped") &&
          `, ${number(p.done)}${p.total === null ? "" : ` of ${number(p.total)}`}`}
      </span>
      {p.error && <span className="col-span-3 text-muted [overflow-wrap:anywhere]">{p.error}</span>}
    </li>
  );
}

function shareOf({ state, done, total }: SymbolProgress): number {
  if (state === "done" || state === "failed") return 1;
  return total ? Math.min(1, done / total) : 0;
}
