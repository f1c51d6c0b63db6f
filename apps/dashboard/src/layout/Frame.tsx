import { useIsFetching, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useLive } from "../api/useLive.ts";
import { Header } from "./Header.tsx";

interface FrameProps {
  /** when the newest bar of what is shown closed, ISO UTC; null shows no age */
  barTime: string | null;
  timeframe: string | null;
  version: string | undefined;
  children: ReactNode;
}

/** What every page stands in: the way past the header, the header, the panels, the small print. */
export function Frame({ barTime, timeframe, version, children }: FrameProps) {
  const client = useQueryClient();
  const connection = useLive();
  const isRefreshing = useIsFetching() > 0;
  return (
    <>
      <a
        href="#content"
        className="button-primary button fixed left-3 top-2 z-30 -translate-y-20 opacity-0 focus-visible:translate-y-0 focus-visible:opacity-100"
      >
        Skip to content
      </a>
      <Header
        connection={connection}
        barTime={barTime}
        timeframe={timeframe}
        isRefreshing={isRefreshing}
        onRefresh={() => void client.invalidateQueries()}
      />
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto grid min-h-[calc(100vh-4rem)] max-w-[1480px] grid-cols-1 content-start gap-4 px-3 py-4 outline-none sm:px-6 lg:grid-cols-12"
      >
        {children}
      </main>
      <footer className="mx-auto flex max-w-[1480px] flex-wrap gap-x-6 gap-y-1 px-4 pb-8 text-[0.8rem] text-muted sm:px-6">
        <span>All times are UTC. Figures are measured on past data and promise nothing.</span>
        <a className="underline underline-offset-2" href="/docs">
          API documentation
        </a>
        <span>
          Price chart: TradingView Lightweight Charts™, copyright © 2025 TradingView, Inc.{" "}
          <a className="underline underline-offset-2" href="https://www.tradingview.com/" rel="noreferrer">
            tradingview.com
          </a>
        </span>
        {version && <span className="sm:ml-auto">Orion {version}</span>}
      </footer>
    </>
  );
}
