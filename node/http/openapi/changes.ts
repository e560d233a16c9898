import { MAX_CHANGES } from "../changes/feed.ts";
import type { FEED_OPTIONS } from "../changes/question.ts";
import { subjectKind } from "./json-schema.ts";
import { AS_OF_HEADERS, get, json, type Operation, type Paths, plain, queryOf, refusal } from "./operation.ts";

const OPTIONS = {
  kind: { ...subjectKind, description: "Kind of the subject; needs `subject`" },
  subject: {
    type: "string",
    maxLength: 120,
    description:
      "A DID, the id of a type or accreditation, or a list as `<issuer's address>/<number>`. For a type, changes of its accreditations are included",
  },
  before: {
    type: "string",
    pattern: "^[0-9]{1,15}-[0-9]{1,15}$",
    description: "Only changes before this cursor, which is `next` of the previous page",
  },
  limit: { type: "integer", minimum: 1, maximum: MAX_CHANGES, description: "Maximum number of changes in a page" },
} satisfies Record<(typeof FEED_OPTIONS)[number], object>;

function feed(operationId: string, summary: string, content: Operation["responses"][string]["content"] & object) {
  return get({
    operationId,
    summary,
    description:
      "The newest change comes first. Changes that a reorganisation can still undo are left out, so that a cursor stays valid. No credential is named: for a status list the feed gives how many entries changed.",
    parameters: queryOf(OPTIONS),
    responses: {
      "200": { description: summary, headers: AS_OF_HEADERS, content },
      "304": { description: "The answer has not changed since the ETag", headers: AS_OF_HEADERS },
      "400": refusal("INVALID_OPTIONS or INVALID_DID; or the request is no valid HTTP"),
      "501": refusal("FEATURE_NOT_SUPPORTED or METHOD_NOT_SUPPORTED: the DID is of another network or method"),
      "503": refusal("UNAVAILABLE: the node can't answer now. It does not say that something does not exist"),
    },
  });
}

/** The routes of changes. */
export const CHANGES_PATHS: Paths = {
  "/changes": feed(
    "changes",
    "Changes of the registries: a page of them, or as server-sent events those from now on or after `Last-Event-ID`",
    { ...json("Changes"), ...plain("text/event-stream") },
  ),
  "/changes.atom": feed(
    "changesAtom",
    "Changes of the registries as an Atom feed (RFC 4287)",
    plain("application/atom+xml"),
  ),
};
