import type {
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesPrimitive,
  Logical,
  SeriesAttachedParameter,
  Time,
} from "lightweight-charts";
import type { palette } from "./palette.ts";
import { placeKey } from "./placeKey.ts";
import type { PlaceSpan } from "./placeSpans.ts";
import { severityLook } from "./severityLook.ts";

type Colours = ReturnType<typeof palette>;

/** Bands behind the candles at places of trouble; the chosen one is stronger and has edges. */
export class PlaceBands implements ISeriesPrimitive<Time> {
  #spans: readonly PlaceSpan[] = [];
  #chosen: string | null = null;
  #colours: Colours | null = null;
  #attached: SeriesAttachedParameter<Time> | null = null;
  readonly #view: IPrimitivePaneView = { zOrder: () => "bottom", renderer: () => this.#renderer };
  readonly #renderer: IPrimitivePaneRenderer = {
    draw: (target) =>
      target.useBitmapCoordinateSpace(({ context, bitmapSize, horizontalPixelRatio, verticalPixelRatio }) => {
        const scale = this.#attached?.chart.timeScale();
        const colours = this.#colours;
        if (!scale || !colours) return;
        // the scale answers for whole bars only
        const xOf = (logical: number): number | null => {
          const bar = Math.floor(logical);
          const x = scale.logicalToCoordinate(bar as Logical);
          const next = scale.logicalToCoordinate((bar + 1) as Logical);
          if (x === null || next === null) return null;
          return (x + (next - x) * (logical - bar)) * horizontalPixelRatio;
        };
        for (const { place, from, to } of this.#spans) {
          const left = xOf(from);
          const right = xOf(to);
          if (left === null || right === null || right < 0 || left > bitmapSize.width) continue;
          const { colour, tabPx } = severityLook[place.severity];
          const width = Math.max(right - left, 3 * horizontalPixelRatio);
          const start = (left + right - width) / 2;
          const isChosen = placeKey(place) === this.#chosen;
          context.fillStyle = colours[colour];
          context.globalAlpha = isChosen ? 0.32 : 0.13;
          context.fillRect(start, 0, width, bitmapSize.height);
          context.globalAlpha = 1;
          context.fillRect(start, 0, width, tabPx * verticalPixelRatio);
          if (!isChosen) continue;
          const edge = Math.max(1, Math.round(horizontalPixelRatio));
          context.fillRect(start - edge, 0, edge, bitmapSize.height);
          context.fillRect(start + width, 0, edge, bitmapSize.height);
        }
      }),
  };

  attached(parameter: SeriesAttachedParameter<Time>): void {
    this.#attached = parameter;
  }

  detached(): void {
    this.#attached = null;
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return [this.#view];
  }

  show(spans: readonly PlaceSpan[], chosen: string | null, colours: Colours): void {
    this.#spans = spans;
    this.#chosen = chosen;
    this.#colours = colours;
    this.#attached?.requestUpdate();
  }
}
