import { UsageError } from "../../core/errors.ts";
import { splitFields } from "../csv/splitFields.ts";
import { type Member, makeUniverse, memberSchema, type Universe } from "./universe.ts";

const REQUIRED = ["symbol", "market", "known"] as const;
const COLUMNS = ["symbol", "name", "market", "sector", "listed", "delisted", "known"] as const;

/**
 * Reads a universe file: CSV with the header `symbol,name,market,sector,listed,delisted,known` in any order and case, of
 * which symbol, market and known are needed. Lines that begin with `#` are remarks. See `memberSchema` for the columns.
 * @param place names the file in errors
 * @throws UsageError that names file, line and column
 */
export function parseUniverse(text: string, name: string, place: string): Universe {
  let header: string[] | undefined;
  const members: Member[] = [];
  const lineOf = new Map<Member, number>();
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  for (const [i, content] of lines.entries()) {
    if (content.trim() === "" || content.startsWith("#")) continue;
    const at = `${place}, line ${i + 1}`;
    const fields = splitFields(content, ",")?.map((field) => field.trim());
    if (!fields) throw new UsageError(`${at}: a quote is not closed`);
    if (!header) {
      header = checkHeader(fields, at);
      continue;
    }
    if (fields.length !== header.length) {
      throw new UsageError(`${at}: ${fields.length} fields where the header has ${header.length}`);
    }
    const row = Object.fromEntries(header.map((column, c) => [column, fields[c]!]));
    const parsed = memberSchema.safeParse(row);
    if (!parsed.success) {
      const issue = parsed.error.issues[0]!;
      const column = String(issue.path[0]);
      throw new UsageError(
        `${at}, column '${column}': '${row[column] ?? ""}' ${faultOf(issue.message, column)}`,
      );
    }
    members.push(parsed.data);
    lineOf.set(parsed.data, i + 1);
  }
  if (!header)
    throw new UsageError(`${place} is empty: a header ${COLUMNS.join(",")} and lines are expected`);
  return makeUniverse(name, members, (m) => `${place}, line ${lineOf.get(m)}`);
}

function checkHeader(fields: readonly string[], at: string): string[] {
  const header = fields.map((field) => field.toLowerCase());
  const unknown = header.find((h) => !COLUMNS.some((c) => c === h));
  if (unknown !== undefined) {
    throw new UsageError(`${at}: column '${unknown}' is not known; the columns are ${COLUMNS.join(", ")}`);
  }
  const twice = header.find((h, i) => header.indexOf(h) !== i);
  if (twice !== undefined) throw new UsageError(`${at}: two columns are called '${twice}'`);
  const missing = REQUIRED.find((c) => !header.includes(c));
  if (missing !== undefined) throw new UsageError(`${at}: column '${missing}' is missing`);
  return header;
}

/** zod's words for a value that is none of a list, made to follow the value. */
function faultOf(message: string, column: string): string {
  if (!/^Invalid (input|option)/.test(message)) return message;
  const options = { market: "spot, futures or stock", sector: "a GICS sector or nothing" }[column];
  return options === undefined ? "is no day: write YYYY-MM-DD, or nothing" : `is not one of: ${options}`;
}
