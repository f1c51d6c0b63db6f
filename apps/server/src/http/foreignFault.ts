import type { IncomingMessage } from "node:http";

const readOnly = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Why a request is refused (403), or null. Refused is what a foreign web page could send to a server on the user's
 * own machine:
 * - a `Host` that is not this server's own, which is how DNS rebinding arrives;
 * - an `Origin` that is not this server's own on requests that change something and on the WebSocket upgrade,
 *   to which the same-origin policy does not apply. Browsers always send it there; a command-line client sends none
 *   and is let through.
 * @param isOwn whether `name:port` is an address of this server
 */
export function foreignFault(request: IncomingMessage, isOwn: (authority: string) => boolean): string | null {
  const { host, origin, upgrade } = request.headers;
  if (host === undefined || !isOwn(host)) {
    return `refused: the Host header '${shown(host)}' is not this server; open it under its own address or add the name to its allowed hosts`;
  }
  const changesOrStreams = !readOnly.has(request.method ?? "GET") || upgrade !== undefined;
  if (!changesOrStreams) return null;
  if (origin !== undefined && !isOwnOrigin(origin, isOwn)) {
    return `refused: the Origin '${shown(origin)}' is not this server; only its own page may ask for this`;
  }
  if (request.headers["sec-fetch-site"] === "cross-site") {
    return "refused: the request comes from another site; only this server's own page may ask for this";
  }
  return null;
}

function isOwnOrigin(origin: string, isOwn: (authority: string) => boolean): boolean {
  const match = /^https?:\/\/([^/?#@]+)$/.exec(origin);
  return match !== null && isOwn(match[1]!);
}

/** A header as it may stand in an answer and a log: short and printable. */
function shown(text: string | undefined): string {
  return (text ?? "(none)").replace(/[^\x20-\x7e]/g, "?").slice(0, 80);
}

/**
 * The addresses that count as this server: loopback names with its port, and the configured ones. A configured name
 * without a port is good with any port (behind a proxy).
 */
export function ownAddresses(
  port: () => number,
  allowedHosts: readonly string[],
): (authority: string) => boolean {
  const extra = allowedHosts.map((host) => host.toLowerCase());
  return (authority) => {
    const match = /^(\[[0-9a-f:.]+\]|[^:]+)(?::(\d+))?$/.exec(authority.toLowerCase());
    if (!match) return false;
    const [, name, portText = "80"] = match;
    const isLoopback = name === "127.0.0.1" || name === "localhost" || name === "[::1]";
    if (isLoopback && Number(portText) === port()) return true;
    return extra.includes(authority.toLowerCase()) || extra.includes(name!);
  };
}
