import { type KeyboardEvent, type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";

export interface RowWindow<E extends HTMLElement> {
  /** the element that scrolls */
  box: RefObject<E | null>;
  onScroll: () => void;
  /** rows [start, end) are drawn; the rest is empty space of this height */
  start: number;
  end: number;
  beforePx: number;
  afterPx: number;
  /** scrolls a row into view and gives the focus to what carries `data-row` of its number */
  focusRow: (row: number) => void;
  /** arrow keys, Home and End, Page Up and Page Down between rows */
  onKeyDown: (event: KeyboardEvent) => void;
}

const SPARE_ROWS = 8;

/** Draws only the rows of a long list that are in view: hundreds of series, thousands of places. */
export function useRowWindow<E extends HTMLElement>(count: number, rowPx: number): RowWindow<E> {
  const box = useRef<E>(null);
  const [range, setRange] = useState({ start: 0, end: 40 });
  const [target, setTarget] = useState<{ row: number } | null>(null);

  const measure = (): void => {
    const element = box.current;
    if (!element) return;
    const start = Math.max(0, Math.floor(element.scrollTop / rowPx) - SPARE_ROWS);
    const end = Math.ceil((element.scrollTop + element.clientHeight) / rowPx) + SPARE_ROWS;
    setRange((now) => (now.start === start && now.end === end ? now : { start, end }));
  };
  useLayoutEffect(() => {
    const observer = new ResizeObserver(() => measure());
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  });
  useEffect(() => {
    if (!target) return;
    box.current?.querySelector<HTMLElement>(`[data-row="${target.row}"]`)?.focus({ preventScroll: true });
  }, [target]);

  const focusRow = (wanted: number): void => {
    const element = box.current;
    if (!element || count === 0) return;
    const row = Math.min(count - 1, Math.max(0, wanted));
    const top = row * rowPx;
    // the head of a table covers a row
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + 3 * rowPx > element.scrollTop + element.clientHeight)
      element.scrollTop = top + 3 * rowPx - element.clientHeight;
    measure();
    setTarget({ row });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = Number((event.target as HTMLElement).dataset.row);
    if (!Number.isInteger(at)) return;
    const pageRows = Math.max(1, Math.floor((box.current?.clientHeight ?? 0) / rowPx) - 2);
    const to = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + pageRows,
      PageUp: at - pageRows,
      Home: 0,
      End: count - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    focusRow(to);
  };
  const start = Math.min(range.start, Math.max(0, count - 1));
  const end = Math.min(count, range.end);
  return {
    box,
    onScroll: measure,
    start,
    end,
    beforePx: start * rowPx,
    afterPx: (count - end) * rowPx,
    focusRow,
    onKeyDown,
  };
}
