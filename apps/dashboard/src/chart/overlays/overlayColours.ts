import type { Theme } from "../../layout/useTheme.ts";

/** Told apart from one another, from the candles and from the ground (3 : 1 and more), in either theme. */
const colours: Record<Theme, readonly string[]> = {
  dark: ["#e6b450", "#6cb6ff", "#d2a8ff", "#ff9bce", "#c5d86d", "#9fb3c8"],
  light: ["#865800", "#0b5cad", "#7a3fb5", "#b0287a", "#55661a", "#4a5a68"],
};

export function overlayColour(place: number, theme: Theme): string {
  const own = colours[theme];
  return own[place % own.length]!;
}
