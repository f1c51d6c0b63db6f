const MINUS = "\u2212";
export const NONE = "\u2013";

function fixed(value: number, digits: number): string {
  return Math.abs(value).toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** `-0.0123` as `−1.23 %`; a value that rounds to zero has no sign. */
export function percent(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const text = fixed(value * 100, digits);
  return `${value < 0 && Number(text) !== 0 ? MINUS : ""}${text} %`;
}

/** A share that somebody chose, such as a limit: `70 %`, `38.3 %`, no zeros that nobody wrote; at most three decimals. */
export function givenPercent(value: number): string {
  const digits = [0, 1, 2].find((n) => Math.abs(value * 100 - Number((value * 100).toFixed(n))) < 1e-9) ?? 3;
  return percent(value, digits);
}

export function signedPercent(value: number | null | undefined, digits = 2): string {
  const text = percent(value, digits);
  return value !== null && value !== undefined && value > 0 && !/^0\.?0* %$/.test(text) ? `+${text}` : text;
}

export function number(value: number | null | undefined, digits = 0): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const text = fixed(value, digits);
  return `${value < 0 && /[1-9]/.test(text) ? MINUS : ""}${text}`;
}

/** A price with as many decimals as its size asks for. */
export function price(value: number): string {
  return number(value, value >= 1000 ? 2 : value >= 1 ? 4 : 6);
}

/** `2024-05-14 15:40`, UTC. */
export function utc(time: string | number | null | undefined): string {
  if (time === null || time === undefined) return NONE;
  return new Date(time).toISOString().slice(0, 16).replace("T", " ");
}

export function utcDay(time: string | number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** `45 s`, `3 min 20 s`, `5 h 10 min`, `12 d`, `2 y 190 d`. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return NONE;
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  const days = Math.floor(s / 86_400);
  return days < 365 ? `${days} d` : `${Math.floor(days / 365)} y ${days % 365} d`;
}

/** `5m` in seconds. */
export function timeframeSeconds(timeframe: string): number {
  const size = { m: 60, h: 3600, d: 86_400, w: 604_800 }[timeframe.at(-1) as "m" | "h" | "d" | "w"];
  return Number.parseInt(timeframe, 10) * size;
}

/** `840 B`, `5.4 MB`, `12.3 GB`: powers of ten. */
export function bytes(count: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${number(value, unit === 0 || value >= 99.95 ? 0 : 1)} ${units[unit]}`;
}
