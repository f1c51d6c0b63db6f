/** The button that opens a candidate's row. */
export const rowId = (symbol: string): string => `row-${symbol}`;

const MOST_FRAMES = 60;

/** Gives the focus to a candidate's row as soon as it is drawn: the list that holds it may have been closed. */
export function focusRow(symbol: string, framesLeft = MOST_FRAMES): void {
  const row = document.getElementById(rowId(symbol));
  if (row) {
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "center" });
  } else if (framesLeft > 0) requestAnimationFrame(() => focusRow(symbol, framesLeft - 1));
}
