import { useEffect, useState } from "react";

export type Theme = "dark" | "light";

const KEY = "orion-theme";
const listeners = new Set<(theme: Theme) => void>();
const current = (): Theme => (document.documentElement.dataset.theme === "light" ? "light" : "dark");

/** The theme in use and how to choose one; the choice is remembered, before it the system's holds. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(current);
  useEffect(() => {
    listeners.add(setTheme);
    return () => {
      listeners.delete(setTheme);
    };
  }, []);
  return [theme, choose];
}

function choose(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // storage may be forbidden: the choice holds until the page is closed
  }
  for (const listener of listeners) listener(theme);
}
