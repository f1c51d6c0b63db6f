import type { Adjustment } from "../market/actions/adjustBars.ts";
import type { BesideKind } from "../market/bars.ts";
import type { Market } from "../market/index.ts";

/** What is computed on which stored series: the universe of a recipe, or one put together for a feature set alone. */
export interface SeenUniverse {
  readonly symbols: readonly string[];
  readonly market: Market;
  readonly timeframe: string;
  readonly beside?: readonly BesideKind[] | undefined;
  readonly context?: readonly string[] | undefined;
  readonly prices?: Adjustment | undefined;
  /** symbols that each is ranked among; the symbols unless given */
  readonly peers?: readonly string[] | undefined;
  readonly sectors?: Readonly<Record<string, string>> | undefined;
  readonly periods?: Readonly<Record<string, readonly Period[]>> | undefined;
}

/** Days [from, to) in which a symbol is in the universe; `to` is null while it trades. */
export interface Period {
  readonly from: string;
  readonly to: string | null;
}
