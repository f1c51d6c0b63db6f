import type { QualityPlace, QualityResponse } from "@orion/trade/wire";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useMemo } from "react";
import { placeKey } from "../chart/placeKey.ts";
import { severityLook } from "../chart/severityLook.ts";
import { SelectField } from "../form/Field.tsx";
import { number, utc } from "../layout/format.ts";
import { useRowWindow } from "../table/useRowWindow.ts";
import { useDataView } from "../useView.ts";
import { wordsOf } from "./QualityReport.tsx";

const ROW_PX = 52;

/** Every place of trouble; choosing one brings the chart there. */
export function PlaceList({ quality }: { quality: QualityResponse }) {
  const [view, setView] = useDataView();
  const kinds = [...new Set(quality.places.map((p) => p.kind))].sort();
  const check = kinds.find((kind) => kind === view.check);
  const places = useMemo(
    () => quality.places.filter((p) => check === undefined || p.kind === check),
    [quality, check],
  );
  const list = useRowWindow<HTMLUListElement>(places.length, ROW_PX);
  const at = places.findIndex((p) => Date.parse(p.from) === view.at && p.kind === view.what);
  const chosen = places[at];
  const show = (place: QualityPlace | undefined): void => {
    if (place) setView({ at: Date.parse(place.from), what: place.kind });
  };
  if (quality.places.length === 0)
    return <p className="text-[0.88rem] text-muted">There is no place of trouble to show.</p>;
  return (
    <div className="grid min-w-0 gap-2">
      <div className="flex flex-wrap items-end justify-between gap-3">
        <SelectField
          label="Places of trouble (UTC)"
          testId="place-check"
          value={check ?? ""}
          onChoose={(kind) => setView({ check: kind || undefined, at: undefined, what: undefined })}
        >
          <option value="">{`all ${number(quality.places.length)}`}</option>
          {kinds.map((kind) => (
            <option key={kind} value={kind}>
              {`${wordsOf(kind)} (${number(quality.places.filter((p) => p.kind === kind).length)})`}
            </option>
          ))}
        </SelectField>
        <div className="flex gap-2">
          <button
            type="button"
            className="button px-2.5"
            aria-label="The place before"
            data-testid="place-before"
            disabled={at === 0}
            onClick={() => show(at < 0 ? places.at(-1) : places[at - 1])}
          >
            <ChevronLeft aria-hidden className="size-4" />
          </button>
          <button
            type="button"
            className="button px-2.5"
            aria-label="The next place"
            data-testid="place-next"
            disabled={at === places.length - 1}
            onClick={() => show(places[at + 1])}
          >
            <ChevronRight aria-hidden className="size-4" />
          </button>
        </div>
      </div>
      <ul
        ref={list.box}
        onScroll={list.onScroll}
        onKeyDown={list.onKeyDown}
        aria-label="Places of trouble, oldest first"
        data-testid="place-list"
        className="max-h-[312px] overflow-auto rounded-md border border-line"
      >
        {list.beforePx > 0 && <li aria-hidden style={{ height: list.beforePx }} />}
        {places.slice(list.start, list.end).map((place, i) => {
          const row = list.start + i;
          const isChosen = row === at;
          return (
            <li
              key={placeKey(place)}
              style={{ height: ROW_PX }}
              className="border-b border-line/60 last:border-b-0"
            >
              <button
                type="button"
                data-row={row}
                aria-pressed={isChosen}
                onClick={() => show(place)}
                className={`grid h-full w-full grid-cols-[1fr_auto] content-center gap-x-3 px-3 text-left text-[0.85rem] focus-visible:outline-offset-[-2px] ${
                  isChosen ? "bg-accent/15" : "hover:bg-raised"
                }`}
              >
                <span className="truncate">
                  <span className={`font-medium ${severityLook[place.severity].text}`}>
                    {wordsOf(place.kind)}
                  </span>{" "}
                  {utc(place.from)}
                </span>
                <span className="text-muted">
                  {number(place.count)} {place.count === 1 ? "bar" : "bars"}
                </span>
                <span className="col-span-2 truncate text-muted" title={place.note}>
                  {place.note}
                </span>
              </button>
            </li>
          );
        })}
        {list.afterPx > 0 && <li aria-hidden style={{ height: list.afterPx }} />}
      </ul>
      <p className="min-h-[2.6rem] text-[0.85rem] text-muted" data-testid="place-chosen">
        {chosen
          ? `${wordsOf(chosen.kind)}, ${utc(chosen.from)} to ${utc(chosen.to)} UTC: ${chosen.note}.`
          : "Choose a place to bring the chart there."}
      </p>
      {quality.placesLeftOut > 0 && (
        <p className="text-[0.8rem] text-muted">
          The worst {number(quality.places.length)} places; {number(quality.placesLeftOut)} more are told by
          'orion data check'.
        </p>
      )}
    </div>
  );
}
