// Runs before the first paint, so that the page never flashes in the other theme.
(() => {
  let kept = null;
  try {
    kept = localStorage.getItem("orion-theme");
  } catch {
    // storage may be forbidden: the system's choice holds
  }
  const isDark = kept ? kept === "dark" : !matchMedia("(prefers-color-scheme: light)").matches;
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
})();
