/** A number in plain decimals, never with an exponent, that reads back as the same number; at least `places` of them. */
export function decimal(value: number, places = 0): string {
  const text = plain(value);
  const dot = text.indexOf(".");
  const have = dot < 0 ? 0 : text.length - dot - 1;
  if (have >= places) return text;
  return (dot < 0 ? `${text}.` : text) + "0".repeat(places - have);
}

function plain(value: number): string {
  const text = String(value);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (!match) return text;
  const [, sign = "", lead = "", rest = "", power = "0"] = match;
  const digits = lead + rest;
  const shift = Number(power);
  if (shift < 0) return `${sign}0.${"0".repeat(-shift - 1)}${digits}`;
  return sign + digits.padEnd(shift + 1, "0");
}

/** Decimals that `values` need, from 0 to `most`; looks at up to a thousand of them, evenly spread. */
export function decimalsOf(values: Float64Array, most: number): number {
  let decimals = 0;
  const step = Math.max(1, Math.floor(values.length / 1000));
  for (let i = 0; i < values.length; i += step) {
    const text = plain(values[i]!);
    const dot = text.indexOf(".");
    if (dot >= 0) decimals = Math.max(decimals, text.length - dot - 1);
  }
  return Math.min(decimals, most);
}
