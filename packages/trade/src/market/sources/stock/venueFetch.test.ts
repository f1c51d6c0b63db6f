import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { UsageError } from "../../../core/errors.ts";
import { DEFAULT_RETRY } from "../retry.ts";
import { judgeFault, VenueFault, VenueFetch } from "./venueFetch.ts";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function venue(
  listener: RequestListener,
  more: Partial<ConstructorParameters<typeof VenueFetch>[1]> = {},
) {
  server = createServer(listener);
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  return new VenueFetch("Test", {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    timeoutMs: 500,
    perMinute: 0,
    policy: { ...DEFAULT_RETRY, sleep: async () => undefined },
    secrets: () => ["top/secret+key"],
    clock: () => NOW,
    ...more,
  });
}
const NOW = Date.parse("2024-12-18T17:00:00Z");
const ask = (fetch: VenueFetch): Promise<Response> =>
  fetch.run(() => fetch.fetch("https://venue.example/path?a=1"));
const fault = async (fetch: VenueFetch): Promise<VenueFault> => {
  const thrown = await ask(fetch).catch((t: unknown) => t);
  expect(thrown).toBeInstanceOf(VenueFault);
  return thrown as VenueFault;
};

describe("the fetch that libraries are given", () => {
  test("keeps path and query, changes the host", async () => {
    const fetch = await venue((request, response) => response.end(JSON.stringify({ url: request.url })));
    expect(await (await ask(fetch)).json()).toEqual({ url: "/path?a=1" });
  });

  test("a venue that repeats the key in its refusal: the error does not, nor does a library's own", async () => {
    const echo = { message: "key top/secret+key (top%2Fsecret%2Bkey) is not known" };
    const fetch = await venue((_, response) => response.writeHead(403).end(JSON.stringify(echo)));
    const refused = await fault(fetch);
    expect(refused.message).toBe("status 403: key *** (***) is not known");
    expect([refused.status, refused.isTransient, refused.cause]).toEqual([403, false, undefined]);
    const own = await fetch.run(() => Promise.reject(new Error("sent top/secret+key"))).catch(String);
    expect(own).toBe("Error: sent ***");
  });

  test("half a document is a fault to try again, and none of it is told", async () => {
    const fetch = await venue((_, response) => response.end('{"access_token":"I0.half-a-tok'));
    const thrown = await ask(fetch).catch((t: unknown) => t);
    expect(judgeFault(thrown).isTransient).toBe(true);
    expect(String(thrown)).toBe("Error: the answer is no JSON (30 characters)");
  });

  test.each([
    [429, "7", true, 7000],
    [503, "Wed, 18 Dec 2024 17:00:30 GMT", true, 30_000],
    [404, undefined, false, null],
  ])("status %i with Retry-After %s", async (status, after, isTransient, askedWaitMs) => {
    const headers = after === undefined ? {} : { "retry-after": after };
    const fetch = await venue((_, response) => response.writeHead(status, headers).end("<h1>No</h1> way"));
    expect(await fault(fetch)).toMatchObject({
      message: `status ${status}: No way`,
      isTransient,
      askedWaitMs,
    });
  });

  test("a redirect is not followed: the keys would go along", async () => {
    const fetch = await venue((_, response) =>
      response.writeHead(302, { location: "http://127.0.0.1:9/" }).end(),
    );
    expect((await fault(fetch)).isTransient).toBe(false);
  });

  test("a clock that the venue shows to be ahead is put back, one behind stays", async () => {
    const at = async (date: string): Promise<number> => {
      const fetch = await venue((_, response) => response.setHeader("date", date).end("{}"));
      await ask(fetch);
      server?.close();
      return fetch.now() - NOW;
    };
    expect(await at("Wed, 18 Dec 2024 16:00:00 GMT")).toBe(-3_599_000);
    expect(await at("Wed, 18 Dec 2024 18:00:00 GMT")).toBe(0);
  });

  test("keeps requests apart", async () => {
    let now = NOW;
    const waits: number[] = [];
    const fetch = await venue((_, response) => response.setHeader("date", "").end("{}"), {
      perMinute: 120,
      clock: () => now,
      policy: {
        ...DEFAULT_RETRY,
        sleep: async (ms) => {
          waits.push(ms);
          now += ms;
        },
      },
    });
    for (let i = 0; i < 3; i++) await ask(fetch);
    now += 10_000;
    await ask(fetch);
    expect(waits).toEqual([500, 500]);
  });

  test("stops with its signal, and says an address that is none", async () => {
    const fetch = await venue(() => {});
    const stop = new AbortController();
    const asked = fetch.run(() => fetch.fetch("https://venue.example/"), stop.signal);
    stop.abort(new Error("stopped by the user"));
    await expect(asked).rejects.toThrow("stopped by the user");
    await expect(venue(() => {}, { baseUrl: "ftp://x" })).rejects.toThrow(UsageError);
  });
});
