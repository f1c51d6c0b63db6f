import { LiveMessage } from "@orion/trade/wire";
import { beforeEach, expect, it } from "vitest";
import { WebSocket } from "ws";
import { fakeServer } from "../testing/fakeServer.ts";

const fakes = fakeServer(0);
let address: string;

beforeEach(async () => {
  address = (await fakes.server.listen()).replace("http:", "ws:");
});

function connect(headers: Record<string, string> = {}): { socket: WebSocket; seen: LiveMessage[] } {
  const socket = new WebSocket(`${address}/ws`, { headers });
  const seen: LiveMessage[] = [];
  socket.on("message", (data) => seen.push(LiveMessage.parse(JSON.parse(String(data)))));
  return { socket, seen };
}

it("tells the state on connection, progress, the end, and the new prediction", async () => {
  const { socket, seen } = connect();
  await expect.poll(() => seen.map((m) => m.type)).toEqual(["training", "download", "backtest"]);
  fakes.server.jobs.startTraining({ recipe: "orionquant", profile: "quick" });
  const states = (): string[] => seen.flatMap((m) => (m.type === "training" ? [m.status.state] : []));
  await expect.poll(states).toContain("running");
  fakes.pipeline.finishTraining();
  await expect.poll(states).toContain("done");
  await expect.poll(() => seen.some((m) => m.type === "prediction")).toBe(true);
  const last = seen.findLast((m) => m.type === "training");
  expect(last).toMatchObject({ status: { loss: 0.5, modelId: "orionquant-0a1b2c" } });
  socket.close();
});

it("someone who comes late hears how the running training stands", async () => {
  fakes.server.jobs.startTraining({ recipe: "orionquant", profile: "quick" });
  const { socket, seen } = connect();
  await expect.poll(() => seen.length).toBe(3);
  expect(seen[0]).toMatchObject({ type: "training", status: { state: "running", epoch: 1 } });
  socket.close();
});

it.each([{ origin: "https://evil.example" }, { host: "evil.example" }])(
  "refuses the upgrade with %j",
  async (headers) => {
    const { socket } = connect(headers);
    const status = await new Promise((resolve) => {
      socket.on("unexpected-response", (_request, response) => resolve(response.statusCode));
      socket.on("open", () => resolve("open"));
      socket.on("error", () => {});
    });
    expect(status).toBe(403);
  },
);

it("closes with the server", async () => {
  const { socket, seen } = connect({ origin: address.replace("ws:", "http:") });
  await expect.poll(() => seen.length).toBe(3);
  const closed = new Promise((resolve) => socket.on("close", resolve));
  await fakes.server.close();
  await closed;
});
