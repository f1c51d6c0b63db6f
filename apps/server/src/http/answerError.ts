import { messageOf, OrionError } from "@orion/trade/core";
import type { ErrorBody } from "@orion/trade/wire";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors, isResponseSerializationError } from "fastify-type-provider-zod";
import { publicMessage } from "../jobs/runJob.ts";
import { MissingSymbol } from "./missingSymbol.ts";

/** How an exit code is said in HTTP. */
const httpStatus = { 1: 500, 2: 400, 3: 422, 4: 409 } as const;

/** Answers a thrown error in one line; a defect is logged with its stack, which never leaves. */
export function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const [status, body] = bodyOf(error);
  if (status >= 500) {
    const issues = isResponseSerializationError(error) ? error.cause.issues : undefined;
    request.log.error({ err: error, issues }, "a request failed");
  }
  return reply.code(status).send(body);
}

function bodyOf(error: FastifyError): [number, ErrorBody] {
  if (hasZodFastifySchemaValidationErrors(error)) {
    return [400, { error: validationLine(error), code: 2 }];
  }
  if (error instanceof OrionError) {
    const status = error instanceof MissingSymbol ? error.statusCode : httpStatus[error.exitCode];
    return [status, { error: messageOf(error), code: error.exitCode }];
  }
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) return [status, { error: messageOf(error), code: 2 }];
  return [500, { error: publicMessage(error), code: 1 }];
}

interface Invalid {
  validation: readonly { instancePath: string; message?: string; params?: Record<string, unknown> }[];
  validationContext?: string;
}

/** `epochs: Too big: expected number to be <=1000 (body)`, the first fault first, at most three. */
function validationLine({ validation, validationContext }: Invalid): string {
  const faults = validation.slice(0, 3).map((fault) => {
    const field = fault.instancePath.replace(/^\//, "").replaceAll("/", ".");
    return field === "" ? fault.message : `${field}: ${fault.message}`;
  });
  const more = validation.length > 3 ? `; and ${validation.length - 3} more` : "";
  return `${faults.join("; ")}${more} (${validationContext ?? "request"})`;
}
