import type { Duplex } from "node:stream";
import { sendRaw } from "../answer.ts";
import { type Problem, problem, problemAnswer } from "../problem.ts";
import { MAX_HEADER_BYTES } from "./bounds.ts";

/**
 * Answers bytes that node:http could not parse as a request, or not in time, and closes the connection.
 * @returns the status of the answer; `undefined` when it could not be sent.
 */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): number | undefined {
  // The client closed the connection, so no answer can be sent.
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return undefined;
  }
  const problem = unreadable(error);
  sendRaw(socket, problemAnswer(problem));
  return problem.status;
}

function unreadable({ code }: NodeJS.ErrnoException): Problem {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return problem("HEADERS_TOO_LARGE", `Got a first line and headers of more than ${MAX_HEADER_BYTES} bytes`);
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return problem("REQUEST_TIMEOUT", "Got a part of a request, wanted the rest sooner");
    default:
      return problem("MALFORMED_REQUEST", "Got bytes that are no request of HTTP/1.1 (RFC 9112)");
  }
}
