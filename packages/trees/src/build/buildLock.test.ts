import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, it } from "vitest";
import { checkArchive } from "./buildLightgbm.ts";
import { withBuildLock } from "./buildLock.ts";

it("lets one builder work at a time, and takes over from a dead one", async () => {
  const folder = await mkdtemp(join(tmpdir(), "orion-lock-"));
  const file = join(folder, "build.lock");
  // no process has this number: it is above the most that Linux gives (2^22)
  await writeFile(file, String(2 ** 22 + 1));
  let working = 0;
  let most = 0;
  const build = () =>
    withBuildLock(
      file,
      undefined,
      () => {},
      async () => {
        most = Math.max(most, ++working);
        await wait(20);
        working--;
        return "built";
      },
    );
  expect(await Promise.all([build(), build(), build()])).toEqual(["built", "built", "built"]);
  expect(most).toBe(1);
  await rm(folder, { recursive: true });
});

it("refuses an archive that is another", () => {
  expect(() => checkArchive(new Uint8Array(10))).toThrow(/is not the one that Orion knows/);
});
