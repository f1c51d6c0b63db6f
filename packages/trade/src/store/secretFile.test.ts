import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DataError, UsageError } from "../core/errors.ts";
import { readSecret, writeSecret } from "./secretFile.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

const SECRET = "correct horse battery";
const value = { refreshToken: "R0.very-secret-token", refreshEndsAt: 1 };
let workspace: Workspace;
let path: string;
beforeEach(async () => {
  workspace = await openWorkspace(await mkdtemp(join(tmpdir(), "orion-secret-")));
  path = join(workspace.dir, "secrets", "schwab.json");
});
afterEach(() => rm(workspace.dir, { recursive: true, force: true }));

describe("a secret in the workspace", () => {
  test("comes back with the same secret, is readable by its owner alone, and its file tells nothing", async () => {
    expect(await readSecret(workspace, "schwab", undefined)).toBeNull();
    await writeSecret(workspace, "schwab", value, SECRET);
    expect(await readSecret(workspace, "schwab", SECRET)).toEqual(value);
    const { mode } = await stat(path);
    expect(mode & 0o777).toBe(0o600);
    const first = await readFile(path, "utf8");
    expect(first).not.toMatch(/very-secret|refreshToken/);
    await writeSecret(workspace, "schwab", value, SECRET);
    // a new salt and a new nonce each time
    expect((await readFile(path, "utf8")).slice(0, 200)).not.toBe(first.slice(0, 200));
  });

  test("is refused without a secret, with a short or a wrong one, and under another name", async () => {
    await expect(writeSecret(workspace, "schwab", value, undefined)).rejects.toThrow(UsageError);
    await expect(writeSecret(workspace, "schwab", value, "short")).rejects.toThrow(
      /set ORION_SECRET to 12 or more/,
    );
    await writeSecret(workspace, "schwab", value, SECRET);
    await expect(readSecret(workspace, "schwab", "another secret")).rejects.toThrow(/does not open/);
    await writeFile(join(workspace.dir, "secrets", "other.json"), await readFile(path));
    await expect(readSecret(workspace, "other", SECRET)).rejects.toThrow(/does not open/);
  });

  test.each(["no json", "{}", '{"format":2}'])("a damaged file is told: %s", async (content) => {
    await writeSecret(workspace, "schwab", value, SECRET);
    await writeFile(path, content);
    await expect(readSecret(workspace, "schwab", SECRET)).rejects.toThrow(DataError);
  });

  test("one changed byte is found, and costs that were not ours are not paid", async () => {
    await writeSecret(workspace, "schwab", value, SECRET);
    const stored = JSON.parse(await readFile(path, "utf8")) as { data: string; kdf: { n: number } };
    const data = Buffer.from(stored.data, "base64");
    data[3] = data[3]! ^ 1;
    await writeFile(path, JSON.stringify({ ...stored, data: data.toString("base64") }));
    await expect(readSecret(workspace, "schwab", SECRET)).rejects.toThrow(/does not open/);
    await writeFile(path, JSON.stringify({ ...stored, kdf: { ...stored.kdf, n: 2 ** 30 } }));
    await expect(readSecret(workspace, "schwab", SECRET)).rejects.toThrow(/is damaged/);
  });
});
