import { type Answer, json } from "../dialect.ts";

/** The error shape of the specification: a list of errors with id, status, title and detail. */
export const schwabError = (status: number, title: string, detail: string): Answer =>
  json(
    { errors: [{ id: "6808262e-52bb-4421-9d31-6c0e762e7dd5", status: String(status), title, detail }] },
    status,
  );
