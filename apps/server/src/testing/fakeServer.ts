import { ErrorBody } from "@orion/trade/wire";
import type { InjectOptions } from "fastify";
import { afterEach, beforeEach, expect } from "vitest";
import { createServer, type OrionServer } from "../createServer.ts";
import { type FakePipeline, fakePipeline } from "./fakePipeline.ts";

type Answer = Awaited<ReturnType<OrionServer["app"]["inject"]>>;

/** A server over a fake pipeline, both made anew for each test. */
export interface FakeServer {
  readonly pipeline: FakePipeline;
  readonly server: OrionServer;
  /** Asks as the page does, by the server's own name; nothing goes over the network. */
  ask(options: InjectOptions): Promise<Answer>;
  post(url: string, payload?: object): Promise<Answer>;
  /** Holds an answer to be a refusal in one line that names the field, before any work. */
  expectRefused(answer: Answer, field: string): void;
}

/** Call it once at the top of a test file: it starts a server before each test and closes it after. @param port 0 to listen */
export function fakeServer(port = 5000): FakeServer {
  let pipeline: FakePipeline;
  let server: OrionServer;
  beforeEach(async () => {
    pipeline = fakePipeline();
    server = await createServer({ workspace: "/nowhere", pipeline, logLevel: "silent", port });
  });
  afterEach(() => server.close());
  const ask = (options: InjectOptions): Promise<Answer> =>
    server.app.inject({ ...options, headers: { host: `127.0.0.1:${port}`, ...options.headers } });
  return {
    get pipeline() {
      return pipeline;
    },
    get server() {
      return server;
    },
    ask,
    post: (url, payload = {}) => ask({ method: "POST", url, payload }),
    expectRefused(answer, field) {
      expect(answer.statusCode).toBe(400);
      const { error, code } = ErrorBody.parse(answer.json());
      expect(code).toBe(2);
      expect(error).toContain(field);
      expect(error).not.toContain("\n");
      expect(pipeline.calls).toEqual({});
    },
  };
}
