import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { gitRevision } from "./version.ts";

const commit = "0123456789abcdef0123456789abcdef01234567";
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function checkout(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "orion-git-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

// the layout of a repository: git-scm.com/docs/gitrepository-layout
test("a branch, a packed branch and a commit by itself are read, anything else is null", () => {
  const branch = { ".git/HEAD": "ref: refs/heads/main\n" };
  expect(gitRevision(checkout({ ...branch, ".git/refs/heads/main": `${commit}\n` }))).toBe(commit);
  const packed = `# pack-refs with: peeled\n${"f".repeat(40)} refs/heads/other-main\n${commit} refs/heads/main\n`;
  expect(gitRevision(checkout({ ...branch, ".git/packed-refs": packed }))).toBe(commit);
  expect(gitRevision(checkout({ ".git/HEAD": `${commit}\n` }))).toBe(commit);
  expect(gitRevision(checkout(branch))).toBeNull();
  expect(gitRevision(checkout({ ".git/HEAD": "ref: ../../secret\n" }))).toBeNull();
  expect(gitRevision(checkout({}))).toBeNull();
});
