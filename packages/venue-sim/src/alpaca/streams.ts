import type { IncomingMessage } from "node:http";
import type { Channel } from "../channel.ts";
import type { World } from "../world.ts";

export class AlpacaStreams {
  readonly world: World;
  constructor(world: World) {
    this.world = world;
  }
  connect(_channel: Channel, _request: IncomingMessage): boolean {
    return false;
  }
  close(): void {}
}
