import { Link } from "@tanstack/react-router";
import { Moon, RefreshCw, Sun, Wifi, WifiOff } from "lucide-react";
import type { Connection } from "../api/useLive.ts";
import { DataAge } from "./DataAge.tsx";
import { useTheme } from "./useTheme.ts";

interface HeaderProps {
  connection: Connection;
  /** when the newest bar closed, ISO UTC */
  barTime: string | null;
  timeframe: string | null;
  isRefreshing: boolean;
  onRefresh: () => void;
}

const connectionText: Record<Connection, string> = {
  connecting: "Connecting",
  live: "Live",
  lost: "Connection lost, retrying",
};

export function Header({ connection, barTime, timeframe, isRefreshing, onRefresh }: HeaderProps) {
  const [theme, setTheme] = useTheme();
  const isLive = connection === "live";
  return (
    <header className="sticky top-0 z-20 border-b border-line bg-page/95">
      <div className="mx-auto flex max-w-[1480px] flex-wrap items-center gap-x-5 gap-y-2 px-4 py-2.5 sm:px-6">
        <div className="flex items-center gap-2.5">
          <img src="/orion.svg" alt="" width={28} height={28} />
          <h1 className="text-[1.25rem] tracking-tight">Orion</h1>
        </div>
        <nav aria-label="Pages" className="mr-auto flex gap-1 text-[0.92rem]">
          <Link to="/" activeOptions={{ exact: true, includeSearch: false }} className="nav-link">
            Signals
          </Link>
          <Link
            to="/scan"
            activeOptions={{ includeSearch: false }}
            className="nav-link"
            data-testid="nav-scan"
          >
            Scan
          </Link>
          <Link
            to="/data"
            activeOptions={{ includeSearch: false }}
            className="nav-link"
            data-testid="nav-data"
          >
            Data
          </Link>
          <Link
            to="/features"
            activeOptions={{ includeSearch: false }}
            className="nav-link"
            data-testid="nav-features"
          >
            Features
          </Link>
        </nav>
        <DataAge barTime={barTime} timeframe={timeframe} />
        <span
          role="status"
          data-testid="status-connection"
          data-state={connection}
          className={`flex items-center gap-1.5 text-[0.85rem] ${isLive ? "text-muted" : "font-medium text-warn"}`}
        >
          {isLive ? <Wifi aria-hidden className="size-4" /> : <WifiOff aria-hidden className="size-4" />}
          {connectionText[connection]}
        </span>
        <div className="flex items-center gap-2">
          <button type="button" className="button" data-testid="refresh" onClick={onRefresh}>
            <RefreshCw aria-hidden className={`size-4 ${isRefreshing ? "animate-spin" : ""}`} />
            Refresh
          </button>
          <button
            type="button"
            className="button px-2.5"
            data-testid="theme-switch"
            aria-label={theme === "dark" ? "Switch to the light theme" : "Switch to the dark theme"}
            onClick={() => setTheme(theme === "dark" ? "light" : "dark")}
          >
            {theme === "dark" ? (
              <Sun aria-hidden className="size-4" />
            ) : (
              <Moon aria-hidden className="size-4" />
            )}
          </button>
        </div>
      </div>
    </header>
  );
}
