import { DataError } from "../core/errors.ts";
import { timeframeMs } from "../core/time.ts";
import type { BesideKind } from "../market/bars.ts";
import type { BesideSeries } from "../market/panel/besideColumns.ts";
import {
  findBars,
  findFunding,
  findOpenInterest,
  listSeries,
  readBars,
  readFunding,
  readOpenInterest,
  type Workspace,
} from "../store/index.ts";
import type { RangeMs } from "./dataUse.ts";
import type { SeenUniverse } from "./seenUniverse.ts";

type Universe = Pick<SeenUniverse, "market" | "timeframe">;

/**
 * What is stored of a symbol beside its bars, from its beginning, whatever range is trained on: what was known before the
 * range is known in it. Mark prices and open interest of the bars' own timeframe, or where there are none the shortest stored.
 * @throws DataError that names what is not stored, and how to get it
 */
export async function besideStored(
  workspace: Workspace,
  symbol: string,
  { market, timeframe }: Universe,
  kinds: readonly BesideKind[],
  range: RangeMs,
): Promise<BesideSeries> {
  const until = range.to === undefined ? {} : { to: range.to };
  const found: { -readonly [K in keyof BesideSeries]: BesideSeries[K] } = {};
  const missing = (kind: BesideKind, how: string): DataError =>
    new DataError(`universe.beside: ${kind} of ${symbol} (${market}) is not stored: ./orion data ${how}`);
  if (kinds.includes("funding")) {
    if (!(await findFunding(workspace, { symbol, market })))
      throw missing("funding", `import FILE --kind funding --symbol ${symbol} --market ${market}`);
    found.funding = await readFunding(workspace, { symbol, market }, until);
  }
  if (kinds.includes("mark")) {
    const step = await stepOf("mark");
    if (step === undefined)
      throw missing(
        "mark",
        `import FILE --kind mark --symbol ${symbol} --timeframe ${timeframe} --market ${market}`,
      );
    const bars = await readBars(workspace, { symbol, market, timeframe: step, kind: "mark" }, until);
    found.mark = { bars, stepMs: timeframeMs(step) };
  }
  if (kinds.includes("openInterest")) {
    const step = await stepOf("openInterest");
    if (step === undefined)
      throw missing(
        "openInterest",
        `download --kind openInterest --symbol ${symbol} --timeframe ${timeframe}`,
      );
    const series = await readOpenInterest(workspace, { symbol, market, timeframe: step }, until);
    found.openInterest = { series, stepMs: timeframeMs(step) };
  }
  return found;

  async function stepOf(kind: "mark" | "openInterest"): Promise<string | undefined> {
    const key = { symbol, market, timeframe };
    const own =
      kind === "mark" ? await findBars(workspace, { ...key, kind }) : await findOpenInterest(workspace, key);
    if (own) return timeframe;
    const steps = (await listSeries(workspace))
      .filter((s) => s.kind === kind && s.symbol === symbol && s.market === market)
      .flatMap((s) => (s.timeframe === null ? [] : [s.timeframe]));
    return steps.toSorted((a, b) => timeframeMs(a) - timeframeMs(b))[0];
  }
}
