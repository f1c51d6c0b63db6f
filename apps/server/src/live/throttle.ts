export interface Throttled<V> {
  push(value: V): void;
  stop(): void;
}

/**
 * Passes a value on at once and the newest of those that follow once an interval: the last one always arrives.
 */
export function throttle<V>(send: (value: V) => void, intervalMs: number): Throttled<V> {
  let timer: NodeJS.Timeout | null = null;
  let waiting: { value: V } | null = null;
  const tick = (): void => {
    if (waiting === null) {
      timer = null;
      return;
    }
    const { value } = waiting;
    waiting = null;
    timer = setTimeout(tick, intervalMs);
    send(value);
  };
  return {
    push(value) {
      waiting = { value };
      if (timer === null) tick();
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      waiting = null;
    },
  };
}
