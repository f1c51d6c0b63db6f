import { DataError, UsageError } from "../../core/errors.ts";
import { type Random, seededRandom } from "../../core/random.ts";
import { DAY_MS } from "../../core/time.ts";
import { barFault } from "../barFault.ts";
import { allocateBars, type BarSeries, type Panel } from "../bars.ts";

export interface MadeUniverseOptions {
  readonly symbols: number;
  /** bars of each symbol, on weekdays */
  readonly days: number;
  readonly seed: number;
  /** mean length of the stretches of real moves, bars; default 20 */
  readonly blockDays?: number;
  /** first day, ms UTC; default 2015-01-01 */
  readonly start?: number;
}

/** Moves of a real series: row i is the i-th bar that follows another, each price over the close before, volume over its mean. */
interface Moves {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  /** 1 where row i + 1 follows row i without a hole */
  readonly goesOn: Uint8Array;
}

const CONSONANTS = "BCDFGHJKLMNPRSTVWXZ";
const VOWELS = "AEIOU";
const NAMES = (CONSONANTS.length * VOWELS.length) ** 2;

/**
 * A MADE universe of daily bars, for tests and benches: no such companies exist, and nothing about a strategy follows from it.
 *
 * Each symbol is a stationary bootstrap of a real panel: stretches of geometric length (mean `blockDays`) of one series' bars,
 * as moves (open, high, low, close) / close before and volume / mean volume, all five of a bar together, put one after another
 * from a drawn first price (5 to 500) and usual turnover (300,000 to 1 billion a day). Moves and their clusters within a stretch
 * are real; the symbols are independent of one another, unlike a market's. The same panel, options and seed give the same bars;
 * more symbols leave the first ones as they are. Names are four letters and `.M`, so that none is a listed one.
 *
 * Source: Politis and Romano, "The stationary bootstrap", Journal of the American Statistical Association 89, 1994.
 * @param panel N real series, on one clock with NaN where one has no bar, or each with its own bars; any stored bars will do
 * @throws UsageError for counts that are not possible; DataError when no series has two bars in a row
 */
export function madeUniverse(panel: Pick<Panel, "series">, options: MadeUniverseOptions): BarSeries[] {
  const { symbols, days, seed, blockDays = 20, start = Date.UTC(2015, 0, 1) } = options;
  requireWhole("symbols", symbols, NAMES);
  requireWhole("days", days, 1_000_000);
  if (!Number.isSafeInteger(seed)) throw new UsageError(`made universe: seed ${seed} is no whole number`);
  if (!(blockDays >= 1 && Number.isFinite(blockDays)))
    throw new UsageError(
      `made universe: stretches of ${blockDays} bars are not possible: give a number from 1 on`,
    );
  if (!Number.isFinite(start)) throw new UsageError(`made universe: start ${start} is no time`);
  const sources = panel.series.map(movesOf).filter((moves) => moves.close.length > 0);
  if (sources.length === 0)
    throw new DataError(
      "made universe: no series of the panel has two sound bars in a row: give it more bars",
    );
  const closeTime = weekdayCloses(start, days);
  const random = seededRandom(seed);
  const names = random.shuffle(Float64Array.from({ length: NAMES }, (_, i) => i));
  return Array.from({ length: symbols }, (_, s) => {
    const own = seededRandom(random.below(2 ** 32));
    return madeSeries(nameOf(names[s]!), closeTime, sources, blockDays, own);
  });
}

function requireWhole(name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new UsageError(
    `made universe: ${value} ${name} are not possible: give a whole number from 1 to ${most}`,
  );
}

function madeSeries(
  instrument: string,
  closeTime: Float64Array,
  sources: readonly Moves[],
  blockDays: number,
  random: Random,
): BarSeries {
  const days = closeTime.length;
  const bars = { ...allocateBars(instrument, days), closeTime: closeTime.slice() };
  let price = logUniform(random, 5, 500);
  const shares = logUniform(random, 3e5, 1e9) / price;
  let moves = sources[0]!;
  let row = 0;
  for (let t = 0; t < days; t++) {
    if (t === 0 || moves.goesOn[row] === 0 || random.next() < 1 / blockDays) {
      moves = sources[random.below(sources.length)]!;
      row = random.below(moves.close.length);
    } else row++;
    const open = price * moves.open[row]!;
    const close = price * moves.close[row]!;
    bars.open[t] = open;
    bars.close[t] = close;
    // vendors' bars now and then have a close outside their range
    bars.high[t] = Math.max(open, close, price * moves.high[row]!);
    bars.low[t] = Math.min(open, close, price * moves.low[row]!);
    bars.volume[t] = Math.round(shares * moves.volume[row]!);
    price = close;
  }
  for (let t = 0; t < days; t++) {
    if (barFault(bars.open[t]!, bars.high[t]!, bars.low[t]!, bars.close[t]!, bars.volume[t]!))
      throw new DataError(
        `made universe: prices run away after ${t} bars: the panel's moves are too large or too one-sided`,
      );
  }
  return bars;
}

function movesOf(bars: BarSeries): Moves {
  const sound = Array.from({ length: bars.length }, (_, t) => isSound(bars, t));
  const rows: number[] = [];
  for (let t = 1; t < bars.length; t++) if (sound[t] && sound[t - 1]) rows.push(t);
  const mean = rows.reduce((sum, t) => sum + bars.volume[t]! / rows.length, 0);
  const over = (column: Float64Array): Float64Array =>
    Float64Array.from(rows, (t) => column[t]! / bars.close[t - 1]!);
  return {
    open: over(bars.open),
    high: over(bars.high),
    low: over(bars.low),
    close: over(bars.close),
    volume: Float64Array.from(rows, (t) => (mean > 0 ? bars.volume[t]! / mean : 0)),
    goesOn: Uint8Array.from(rows, (t, i) => (rows[i + 1] === t + 1 ? 1 : 0)),
  };
}

function isSound(bars: BarSeries, t: number): boolean {
  return barFault(bars.open[t]!, bars.high[t]!, bars.low[t]!, bars.close[t]!, bars.volume[t]!) === null;
}

/** Closes of days that begin at midnight UTC, Mondays to Fridays, as daily bars of stocks are stored. */
function weekdayCloses(start: number, days: number): Float64Array {
  const closes = new Float64Array(days);
  let day = Math.ceil(start / DAY_MS);
  for (let t = 0; t < days; day++) {
    // 1970-01-01 was a Thursday
    const weekday = (((day + 4) % 7) + 7) % 7;
    if (weekday !== 0 && weekday !== 6) closes[t++] = (day + 1) * DAY_MS;
  }
  return closes;
}

function logUniform(random: Random, from: number, to: number): number {
  return from * (to / from) ** random.next();
}

function nameOf(code: number): string {
  const syllable = (k: number): string =>
    CONSONANTS[k % CONSONANTS.length]! + VOWELS[Math.floor(k / CONSONANTS.length)]!;
  const count = CONSONANTS.length * VOWELS.length;
  return `${syllable(code % count)}${syllable(Math.floor(code / count))}.M`;
}
