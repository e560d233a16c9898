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
      "A DID, the id of a type or accreditation, or a list as `<issuer's address>/<number>`. Of a type also its accreditations",
  },
  before: { type: "string", pattern: "^[0-9]{1,15}-[0-9]{1,15}$", description: "Those before it: `next` of a page" },
  limit: { type: "integer", minimum: 1, maximum: MAX_CHANGES, description: "Maximum number of changes of a page" },
} satisfies Record<(typeof FEED_OPTIONS)[number], object>;

function feed(operationId: string, summary: string, content: Operation["responses"][string]["content"] & object) {
  return get({
    operationId,
    summary,
    description:
      "Newest first. What a reorganisation may still undo is not in it, so that a cursor never breaks. It names no credential: of a list it counts what changed.",
    parameters: queryOf(OPTIONS),
    responses: {
      "200": { description: summary, headers: AS_OF_HEADERS, content },
      "304": { description: "Not changed since the ETag", headers: AS_OF_HEADERS },
      "400": refusal("INVALID_OPTIONS, INVALID_DID, or no HTTP request"),
      "501": refusal("FEATURE_NOT_SUPPORTED or METHOD_NOT_SUPPORTED: a DID of another network"),
      "503": refusal("UNAVAILABLE: it can't be said now. Never an absence"),
    },
  });
}

/** The routes of changes. */
export const CHANGES_PATHS: Paths = {
  "/changes": feed(
    "changes",
    "What was written to the registries; as server-sent events what is written from now on, or behind `Last-Event-ID`",
    { ...json("Changes"), ...plain("text/event-stream") },
  ),
  "/changes.atom": feed("changesAtom", "The same as an Atom feed (RFC 4287)", plain("application/atom+xml")),
};
