import type { Theme } from "../layout/useTheme.ts";

/** The colours of a theme as a canvas needs them: read from the variables that the page has set for it. */
export function palette(theme: Theme) {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    surface: read("surface"),
    ink: read("ink"),
    muted: read("muted"),
    line: read("line"),
    accent: read("accent"),
    buy: read("buy"),
    sell: read("sell"),
    hold: read("hold"),
    warn: read("warn"),
    volume: theme === "dark" ? "#34465a" : "#c3ccd4",
  };
}
