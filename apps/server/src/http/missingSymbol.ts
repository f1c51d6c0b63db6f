import { DataError, messageOf } from "@orion/trade/core";
import type { StoredDataset } from "@orion/trade/wire";

/** What was asked for is not there: 404, where data that are damaged or cannot be joined are 422. */
export class MissingSymbol extends DataError {
  readonly statusCode = 404;
}

/** The answer; a fault of the data becomes a `MissingSymbol` when nothing that was asked for is stored. */
export async function orMissing<R>(
  answer: Promise<R>,
  query: { symbol?: string | undefined; market?: string | undefined },
  listed: () => Promise<{ series: readonly Pick<StoredDataset, "symbol" | "market">[] }>,
): Promise<R> {
  try {
    return await answer;
  } catch (thrown) {
    if (!(thrown instanceof Error && "exitCode" in thrown && thrown.exitCode === 3)) throw thrown;
    const { series } = await listed();
    const isThere = series.some(
      (s) =>
        (query.symbol ?? s.symbol) === s.symbol && (query.market === undefined || query.market === s.market),
    );
    if (isThere) throw thrown;
    throw new MissingSymbol(messageOf(thrown), { cause: thrown });
  }
}
