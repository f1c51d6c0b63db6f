import { DAY_MS, HOUR_MS } from "../../core/time.ts";
import type { BarSeries } from "../bars.ts";
import { rollingScale } from "./rollingScale.ts";

/**
 * New shares for old ones. Below 3:2 a split cannot be told from a crash or a surge over one night, so that 5:4 and 4:3
 * are not looked for. Reverse splits (1:10) take many for one.
 */
const WHOLE = [2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 100];
const SPLITS: readonly (readonly [number, number])[] = [
  ...WHOLE.map((n) => [n, 1] as const),
  ...WHOLE.map((n) => [1, n] as const),
  [3, 2],
  [5, 2],
  [5, 3],
  [7, 2],
];

/** A pause of at least this parts two sessions of an exchange. */
const PAUSE_MS = 4 * HOUR_MS;
/** Over a longer hole in the data prices may have gone anywhere. The longest closing since 1933 was a week (2001). */
export const HOLE_MS = 10 * DAY_MS;
/** Overnight moves to each side that make the local scale, and how far past it a split must stand. */
const WINDOW = 50;
const LEAST_SIGMAS = 6;
/** Log distance from the ratio: three local sigmas of overnight moves, within these bounds. */
const LEAST_TOLERANCE = 0.01;
const MOST_TOLERANCE = 0.05;
/** The level of the sessions after it and of those before must have the ratio up to this log distance. */
const LEVEL_TOLERANCE = 0.2;
const LEVEL_SESSIONS = 5;
/** Shares times price do not change at a split; at a crash or a surge far more is traded. */
const VALUE_SESSIONS = 20;
const MOST_VALUE_RATIO = 3;

export interface MissedSplit {
  /** the first bar after it */
  readonly row: number;
  /** such as `2:1`: two new shares for an old one */
  readonly ratio: string;
  /** what earlier prices must be multiplied by */
  readonly factor: number;
}

interface Session {
  readonly first: number;
  readonly last: number;
  readonly value: number;
}

/**
 * Splits that the prices were not adjusted for: overnight the price goes by a usual ratio, stays there, and the value
 * traded is that of the days before. Sessions are told by pauses of four hours.
 */
export function findSplits(bars: BarSeries): MissedSplit[] {
  const sessions = sessionsOf(bars);
  if (sessions.length < VALUE_SESSIONS) return [];
  const nights = Float64Array.from({ length: sessions.length - 1 }, (_, k) =>
    Math.log(bars.open[sessions[k + 1]!.first]! / bars.close[sessions[k]!.last]!),
  );
  if (nights.some((n) => !Number.isFinite(n))) return [];
  const size = Math.min(nights.length, 2 * WINDOW + 1);
  const rolled = rollingScale(nights, size).sigma;
  const sigmaAt = (k: number): number => rolled[Math.min(Math.max(0, k - WINDOW), rolled.length - 1)]!;
  const found: MissedSplit[] = [];
  nights.forEach((night, k) => {
    const sigma = sigmaAt(k);
    if (Math.abs(night) < LEAST_SIGMAS * sigma) return;
    const pause = bars.closeTime[sessions[k + 1]!.first]! - bars.closeTime[sessions[k]!.last]!;
    if (pause > HOLE_MS) return;
    const tolerance = Math.min(MOST_TOLERANCE, Math.max(LEAST_TOLERANCE, 3 * sigma));
    const split = nearestSplit(night, tolerance);
    if (!split) return;
    if (!keepsLevel(bars, sessions, k, Math.log(split.factor)) || !keepsValue(sessions, k)) return;
    found.push({ row: sessions[k + 1]!.first, ...split });
  });
  return found;
}

function nearestSplit(night: number, tolerance: number): { ratio: string; factor: number } | null {
  let best: { ratio: string; factor: number } | null = null;
  let least = tolerance;
  for (const [fresh, old] of SPLITS) {
    const distance = Math.abs(night - Math.log(old / fresh));
    if (distance > least) continue;
    least = distance;
    best = { ratio: `${fresh}:${old}`, factor: old / fresh };
  }
  return best;
}

function keepsLevel(bars: BarSeries, sessions: readonly Session[], k: number, logFactor: number): boolean {
  const level = (from: number, to: number): number =>
    medianOf(sessions.slice(Math.max(0, from), to).map((s) => bars.close[s.last]!));
  const after = level(k + 1, k + 1 + LEVEL_SESSIONS);
  const before = level(k + 1 - LEVEL_SESSIONS, k + 1);
  return Math.abs(Math.log(after / before) - logFactor) <= LEVEL_TOLERANCE;
}

/** Where there is no volume (an index) nothing speaks against it. */
function keepsValue(sessions: readonly Session[], k: number): boolean {
  const before = medianOf(sessions.slice(Math.max(0, k + 1 - VALUE_SESSIONS), k + 1).map((s) => s.value));
  const day = sessions[k + 1]!.value;
  if (!(before > 0) || !(day > 0)) return true;
  return day / before <= MOST_VALUE_RATIO && before / day <= MOST_VALUE_RATIO;
}

function sessionsOf(bars: BarSeries): Session[] {
  const sessions: Session[] = [];
  let first = 0;
  let value = 0;
  for (let i = 0; i < bars.length; i++) {
    value += bars.close[i]! * bars.volume[i]!;
    const isLast = i + 1 === bars.length || bars.closeTime[i + 1]! - bars.closeTime[i]! >= PAUSE_MS;
    if (!isLast) continue;
    sessions.push({ first, last: i, value });
    first = i + 1;
    value = 0;
  }
  return sessions;
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
