import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";
import { existsSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { z } from "zod";
import { DataError, messageOf, UsageError } from "../core/errors.ts";
import { replaceAtomically } from "./atomicFile.ts";
import { type Workspace, workspacePath } from "./workspace.ts";

const base64 = z.string().regex(/^[A-Za-z0-9+/]+=*$/);
const storedSchema = z.strictObject({
  format: z.literal(1),
  cipher: z.literal("aes-256-gcm"),
  kdf: z.strictObject({
    name: z.literal("scrypt"),
    n: z.number(),
    r: z.number(),
    p: z.number(),
    salt: base64,
  }),
  iv: base64,
  tag: base64,
  data: base64,
});

/** 32 MiB and a tenth of a second a guess (RFC 7914's N, r and p). */
const SCRYPT = { N: 2 ** 15, r: 8, p: 1 } as const;
const MIN_SECRET = 12;

/**
 * A value that is kept encrypted at `secrets/NAME.json` (AES-256-GCM, the key by scrypt from `secret`; file mode 0600), in place
 * of what was there. The name is authenticated too: one file cannot stand in for another.
 * @throws UsageError for a secret that is missing or short
 */
export async function writeSecret(
  workspace: Workspace,
  name: string,
  value: unknown,
  secret: string | undefined,
): Promise<void> {
  const salt = randomBytes(16);
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", await keyOf(checkSecret(secret), salt, SCRYPT), iv);
  cipher.setAAD(Buffer.from(name));
  const data = Buffer.concat([cipher.update(JSON.stringify(value), "utf8"), cipher.final()]);
  const stored: z.input<typeof storedSchema> = {
    format: 1,
    cipher: "aes-256-gcm",
    kdf: { name: "scrypt", n: SCRYPT.N, r: SCRYPT.r, p: SCRYPT.p, salt: salt.toString("base64") },
    iv: iv.toString("base64"),
    tag: cipher.getAuthTag().toString("base64"),
    data: data.toString("base64"),
  };
  await replaceAtomically(secretPath(workspace, name), async (temporary) => {
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(`${JSON.stringify(stored)}\n`);
    } finally {
      await file.close();
    }
  });
}

/**
 * The value kept under a name, or null.
 * @throws UsageError when `secret` is missing or is not the one it was written with, DataError for a damaged file
 */
export async function readSecret(
  workspace: Workspace,
  name: string,
  secret: string | undefined,
): Promise<unknown> {
  const path = secretPath(workspace, name);
  if (!existsSync(path)) return null;
  const passphrase = checkSecret(secret);
  const damaged = `${path} is damaged: remove it and sign in again`;
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (thrown) {
    throw new DataError(`${damaged} (${messageOf(thrown)})`);
  }
  const parsed = storedSchema.safeParse(value);
  if (!parsed.success) throw new DataError(damaged);
  const { kdf, iv, tag, data } = parsed.data;
  // a file with other costs was not written here, and could ask for any amount of memory
  if (kdf.n !== SCRYPT.N || kdf.r !== SCRYPT.r || kdf.p !== SCRYPT.p) throw new DataError(damaged);
  const bytes = (text: string): Buffer => Buffer.from(text, "base64");
  if (bytes(iv).length !== 12 || bytes(tag).length !== 16) throw new DataError(damaged);
  const decipher = createDecipheriv(
    "aes-256-gcm",
    await keyOf(passphrase, bytes(kdf.salt), SCRYPT),
    bytes(iv),
  );
  decipher.setAAD(Buffer.from(name));
  decipher.setAuthTag(bytes(tag));
  try {
    const text = Buffer.concat([decipher.update(bytes(data)), decipher.final()]).toString("utf8");
    const opened: unknown = JSON.parse(text);
    return opened;
  } catch {
    throw new UsageError(
      `ORION_SECRET does not open ${path}: set the one it was written with, or remove the file and sign in again`,
    );
  }
}

/** @throws UsageError for a secret that is missing or short */
export function checkSecret(secret: string | undefined): string {
  if (secret !== undefined && secret.length >= MIN_SECRET) return secret;
  throw new UsageError(
    `tokens are kept encrypted: set ORION_SECRET to ${MIN_SECRET} or more characters of your own, the same at every run`,
  );
}

const secretPath = (workspace: Workspace, name: string): string =>
  workspacePath(workspace, "secrets", `${name}.json`);

function keyOf(secret: string, salt: Buffer, costs: typeof SCRYPT): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, 32, { ...costs, maxmem: 64 * 2 ** 20 }, (fault, key) =>
      fault ? reject(fault) : resolve(key),
    );
  });
}
