/**
 * How old the context is at each close of a clock, in ms: clock[t] - the last closeTime <= clock[t]; 0 where both close at
 * the same moment, NaN before the context's first bar. `closeTime` and `clock` ascend. What `alignPanel` joins has this age;
 * beyond its `maxAgeBars` it counts as missing. Over a US weekend daily context is 3 days old on a market that never closes.
 */
export function contextAge(clock: Float64Array, closeTime: Float64Array): Float64Array {
  let next = 0;
  return clock.map((now) => {
    while (next < closeTime.length && closeTime[next]! <= now) next++;
    return next === 0 ? Number.NaN : now - closeTime[next - 1]!;
  });
}
