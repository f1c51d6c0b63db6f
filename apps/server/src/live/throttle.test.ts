import fc from "fast-check";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { throttle } from "./throttle.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("sends at once, then the newest once an interval", () => {
  const sent: number[] = [];
  const { push } = throttle((v: number) => sent.push(v), 200);
  push(1);
  expect(sent).toEqual([1]);
  push(2);
  push(3);
  vi.advanceTimersByTime(199);
  expect(sent).toEqual([1]);
  vi.advanceTimersByTime(1);
  expect(sent).toEqual([1, 3]);
  vi.advanceTimersByTime(1000);
  push(4);
  expect(sent).toEqual([1, 3, 4]);
});

it("never sends more than one an interval, in order, and the last value always arrives", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(150), { minLength: 1, maxLength: 60 }), (gaps) => {
      const sent: { value: number; at: number }[] = [];
      const { push } = throttle((value: number) => sent.push({ value, at: Date.now() }), 100);
      gaps.forEach((gap, i) => {
        vi.advanceTimersByTime(gap);
        push(i);
      });
      vi.advanceTimersByTime(1000);
      expect(sent.at(-1)?.value).toBe(gaps.length - 1);
      sent.slice(1).forEach((message, i) => {
        expect(message.at - sent[i]!.at).toBeGreaterThanOrEqual(100);
        expect(message.value).toBeGreaterThan(sent[i]!.value);
      });
    }),
  );
});

it("says nothing after it was stopped", () => {
  const sent: number[] = [];
  const { push, stop } = throttle((v: number) => sent.push(v), 200);
  push(1);
  push(2);
  stop();
  vi.advanceTimersByTime(1000);
  expect(sent).toEqual([1]);
});
