import type { FetchRequest, Source } from "../source.ts";
import { AlpacaRefusal } from "./alpacaClient.ts";

/**
 * Alpaca, and for what it cannot serve (no keys, a symbol that it does not know, time before its history) another source. The
 * whole range of the request then comes from there: the two never mix within one, since their volumes differ. `notice`
 * gets the reason, and the bars' provenance says whose they are.
 */
export function withFallback(primary: Source, fallback: Source, notice: (line: string) => void): Source {
  let served: Source = primary;
  let reason: string | null = null;
  const told = new Set<string>();
  const turn = (thrown: unknown, symbol: string): void => {
    if (!(thrown instanceof AlpacaRefusal)) throw thrown;
    const line = `${symbol} comes from ${fallback.name}: alpaca: ${thrown.reason}`;
    if (!told.has(line)) notice(line);
    told.add(line);
    served = fallback;
    reason = thrown.reason;
  };
  return {
    name: primary.name,
    market: primary.market,
    get client() {
      return served.client!;
    },
    get provenance() {
      return reason === null
        ? (primary.provenance ?? primary.name)
        : `${fallback.provenance ?? fallback.name} in place of ${primary.name} (${reason})`;
    },
    async *fetchBars(request: FetchRequest) {
      served = primary;
      reason = null;
      let isBegun = false;
      try {
        for await (const page of primary.fetchBars(request)) {
          isBegun = true;
          yield page;
        }
        return;
      } catch (thrown) {
        if (isBegun) throw thrown;
        turn(thrown, request.symbol);
      }
      yield* fallback.fetchBars(request);
    },
    async fetchActions(request) {
      if (served !== primary) return await fallback.fetchActions!(request);
      try {
        return await primary.fetchActions!(request);
      } catch (thrown) {
        turn(thrown, request.symbol);
        return await fallback.fetchActions!(request);
      }
    },
    ...(primary.streamBars ? { streamBars: primary.streamBars.bind(primary) } : {}),
  };
}
