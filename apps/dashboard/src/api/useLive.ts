import { type JobState, LiveMessage } from "@orion/trade/wire";
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { HeldBars } from "./barPages.ts";
import { keys } from "./queries.ts";

export type Connection = "connecting" | "live" | "lost";

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;

/** Keeps a live socket open, retrying with growing pauses, and passes what it tells to the queries. */
export function useLive(): Connection {
  const client = useQueryClient();
  const [connection, setConnection] = useState<Connection>("connecting");
  useEffect(() => {
    let socket: WebSocket | null = null;
    let retryMs = FIRST_RETRY_MS;
    let timer: number | undefined;
    let wasLive = false;
    const open = (): void => {
      socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
      socket.onopen = () => {
        retryMs = FIRST_RETRY_MS;
        setConnection("live");
        // what happened while nobody listened
        if (wasLive) void client.invalidateQueries();
        wasLive = true;
      };
      socket.onmessage = (event: MessageEvent<string>) => {
        const message = LiveMessage.safeParse(JSON.parse(event.data));
        if (message.success) receive(client, message.data);
      };
      socket.onclose = () => {
        setConnection("lost");
        timer = window.setTimeout(open, retryMs);
        retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
      };
    };
    open();
    return () => {
      window.clearTimeout(timer);
      if (socket) {
        socket.onclose = null;
        socket.close();
      }
    };
  }, [client]);
  return connection;
}

function receive(client: QueryClient, message: LiveMessage): void {
  switch (message.type) {
    case "training":
      if (replace(client, keys.training, message.status)) {
        for (const queryKey of [keys.models, keys.status, keys.predictions])
          void client.invalidateQueries({ queryKey });
      }
      break;
    case "download":
      if (replace(client, keys.download, message.status)) {
        client.setQueriesData<HeldBars>({ queryKey: ["bars"] }, (held) => held && { ...held, isStale: true });
        for (const queryKey of [
          ...[keys.status, keys.predictions, keys.data, ["quality"], ["bars"]],
          ...[["featureReport"], ["overlay"]],
        ])
          void client.invalidateQueries({ queryKey });
      }
      break;
    case "backtest":
      if (replace(client, keys.backtestStatus, message.status)) {
        void client.invalidateQueries({ queryKey: keys.backtest });
      }
      break;
    case "prediction":
      client.setQueryData(keys.prediction(undefined), message.prediction);
      break;
  }
}

/** @returns true when the job has just ended */
function replace<S extends { state: JobState }>(
  client: QueryClient,
  key: readonly string[],
  status: S,
): boolean {
  const before = client.getQueryData<S>(key);
  client.setQueryData(key, status);
  return before?.state === "running" && status.state !== "running";
}
