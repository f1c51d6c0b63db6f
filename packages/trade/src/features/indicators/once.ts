/** Calls a kernel, or gives what the same kernel gave for the same columns and parameters. What it gives is only read, never written to. */
export type Once = <A extends readonly unknown[], R>(kernel: (...args: A) => R, ...args: A) => R;

/** Calls the kernel each time. */
export const anew: Once = (kernel, ...args) => kernel(...args);

interface Call {
  readonly args: readonly unknown[];
  readonly result: unknown;
}

/**
 * Calls each kernel once for each list of arguments, for who computes many indicators on the same columns: a true range, a log
 * return, a highest high stand in many of them. Columns are told apart by which array they are: none may change in between.
 */
export function remembering(): Once {
  const calls = new Map<unknown, Call[]>();
  return <A extends readonly unknown[], R>(kernel: (...args: A) => R, ...args: A): R => {
    let known = calls.get(kernel);
    if (known === undefined) {
      known = [];
      calls.set(kernel, known);
    }
    const before = known.find((call) => sameArguments(call.args, args));
    if (before !== undefined) return before.result as R;
    const result = kernel(...args);
    known.push({ args, result });
    return result;
  };
}

function sameArguments(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}
