import type { AuditCheck } from "../../wire/audit.ts";
import { WARM_UP_TOLERANCE } from "./checkWarmUp.ts";
import type { ColumnBook, ColumnCheck } from "./columnBook.ts";

/** The verdict of a check over all columns that it looked at. */
export function columnCheck(book: ColumnBook, id: ColumnCheck, title: string): AuditCheck {
  const { compared, columns, leaking } = book.summary(id);
  const what = id === "warmUp" ? `within ${WARM_UP_TOLERANCE} of |value| + deviation` : "bit for bit";
  return {
    id,
    title,
    verdict: compared === 0 ? "not judged" : leaking.length > 0 ? "leak" : "clean",
    finding:
      leaking.length > 0
        ? `${leaking.length} of ${columns} columns differ: ${leaking.slice(0, 6).join(", ")}${leaking.length > 6 ? " …" : ""}`
        : `${columns} columns, ${compared} values the same ${what}`,
    compared,
  };
}
