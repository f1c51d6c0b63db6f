/** An indicator with its parameters, as the address keeps it: `sma(period=20)`. */
export interface OverlaySpec {
  name: string;
  /** `period=20,start=mean`; what is not named is at its default */
  params: string;
}

export function overlayText({ name, params }: OverlaySpec): string {
  return `${name}(${params})`;
}

/** Null for what is none: an address may hold anything. */
export function parseOverlay(text: string): OverlaySpec | null {
  const [, name, params] = /^([A-Za-z][A-Za-z0-9_-]{0,39})\(([^()]{0,200})\)$/.exec(text) ?? [];
  return name === undefined || params === undefined ? null : { name, params };
}

/** The parameters that are given and not at their default, in the indicator's order. */
export function changedParams(
  params: readonly { name: string; preset: number | string | boolean }[],
  given: Readonly<Record<string, string>>,
): string {
  return params
    .map(({ name, preset }) => ({ name, value: (given[name] ?? "").trim(), preset }))
    .filter(({ value, preset }) => value !== "" && value !== String(preset))
    .map(({ name, value }) => `${name}=${value}`)
    .join(",");
}
