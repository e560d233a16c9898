import { MEDIA_TYPES } from "../../lists/served-list.ts";
import { STATUS_LISTS } from "../lists/status-lists.ts";
import { json, LISTENER, type Operation, PROBLEM } from "./operation.ts";

const ISSUER = {
  name: "issuer",
  in: "path",
  required: true,
  description: "Address of the list's issuer, in lower case",
  schema: { type: "string", pattern: "^0x[0-9a-f]{40}$" },
};
const NUMBER = {
  name: "number",
  in: "path",
  required: true,
  description: "Number of the list among its issuer's",
  schema: { type: "string", pattern: "^(?:0|[1-9][0-9]{0,77})$" },
};

const UNAVAILABLE = { description: "UNAVAILABLE: nothing that verifies can be sent now", content: PROBLEM };
const KEEP = { "cache-control": { description: "How long a copy may be kept", schema: { type: "string" } } };
const ETAG = { ...KEEP, etag: { description: "Of the signed bytes", schema: { type: "string" } } };

function list(operationId: string, summary: string, types: readonly string[]): { readonly get: Operation } {
  const content = Object.fromEntries(types.map((type) => [type, { schema: {} }]));
  return {
    get: {
      operationId,
      summary,
      description: "Always the whole list, so that a request does not name the index that is wanted.",
      parameters: [ISSUER, NUMBER],
      responses: {
        ...LISTENER,
        "200": { description: "The signed list", headers: ETAG, content },
        "304": { description: "Not changed since the ETag", headers: ETAG },
        "404": {
          description: "LIST_NOT_FOUND, or LIST_NOT_SIGNED_HERE: neither here nor by a node that this one asks",
          content: PROBLEM,
        },
        "406": { description: "LIST_MEDIA_TYPE", content: PROBLEM },
        "501": { description: "LIST_HISTORY: only the newest list is signed", content: PROBLEM },
        "503": UNAVAILABLE,
      },
    },
  };
}

const PATH = `${STATUS_LISTS}/{issuer}/{number}`;

/** The routes of signed status lists. */
export const STATUS_LIST_PATHS: Readonly<Record<string, { readonly get: Operation }>> = {
  [STATUS_LISTS]: {
    get: {
      operationId: "statusLists",
      summary: "The status lists that this node signs (Token Status List, aggregation)",
      responses: {
        ...LISTENER,
        "200": { description: "Their URIs", headers: KEEP, content: json("StatusLists") },
        "503": UNAVAILABLE,
      },
    },
  },
  [PATH]: list("statusList", "A list of both purposes, as a Token Status List", MEDIA_TYPES.token),
  [`${PATH}/revocation`]: list("revocations", "Revocations, as a Bitstring Status List", MEDIA_TYPES.revocation),
  [`${PATH}/suspension`]: list("suspensions", "Suspensions, as a Bitstring Status List", MEDIA_TYPES.suspension),
};
