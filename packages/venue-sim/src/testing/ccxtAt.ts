import type { VenueSim } from "../index.ts";

interface Pointable {
  readonly id: string;
  urls: Record<string, unknown>;
}

/** Points a ccxt client of Binance at the simulator: the paths of its addresses stay, the hosts change. */
export function ccxtAt<T extends Pointable>(exchange: T, sim: VenueSim): T {
  const api = exchange.urls.api as Record<string, unknown>;
  const origin = sim.url("binance");
  const moved = Object.entries(api).map(([part, url]) =>
    typeof url === "string" ? [part, origin + new URL(url).pathname] : [part, url],
  );
  const ws = {
    spot: `${sim.streamUrl("binance")}/ws`,
    future: `${sim.streamUrl("binanceusdm")}/ws`,
  };
  exchange.urls.api = { ...Object.fromEntries(moved), ...(api.ws === undefined ? {} : { ws }) };
  return exchange;
}
