import { MAX_CHANGES } from "../changes/feed.ts";
import type { FEED_OPTIONS } from "../changes/question.ts";
import { AS_OF_HEADERS, json, LISTENER, type Operation, PROBLEM } from "./operation.ts";

const OPTIONS: Readonly<Record<(typeof FEED_OPTIONS)[number], object>> = {
  kind: { enum: ["did", "type", "grant", "list"], description: "Kind of the subject; needs `subject`" },
  subject: {
    type: "string",
    maxLength: 120,
    description:
      "A DID, the id of a type or accreditation, or a list as `<issuer's address>/<number>`. Of a type also its accreditations",
  },
  before: { type: "string", pattern: "^[0-9]{1,15}-[0-9]{1,15}$", description: "Those before it: `next` of a page" },
  limit: { type: "integer", minimum: 1, maximum: MAX_CHANGES },
};

const CODES = "INVALID_OPTIONS, INVALID_DID, or no HTTP request";

function feed(operationId: string, summary: string, content: Record<string, { readonly schema: object }>) {
  return {
    get: {
      operationId,
      summary,
      description:
        "Newest first. What a reorganisation may still undo is not in it, so that a cursor never breaks. It names no credential: of a list it counts what changed.",
      parameters: Object.entries(OPTIONS).map(([name, schema]) => ({ name, in: "query", schema })),
      responses: {
        ...LISTENER,
        "200": { description: summary, headers: AS_OF_HEADERS, content },
        "304": { description: "Not changed since the ETag", headers: AS_OF_HEADERS },
        "400": { description: CODES, content: PROBLEM },
        "501": {
          description: "FEATURE_NOT_SUPPORTED or METHOD_NOT_SUPPORTED: a DID of another network",
          content: PROBLEM,
        },
        "503": { description: "UNAVAILABLE: it can't be said now. Never an absence", content: PROBLEM },
      },
    },
  };
}

/** The routes of changes. */
export const CHANGES_PATHS: Readonly<Record<string, { readonly get: Operation }>> = {
  "/changes": feed(
    "changes",
    "What was written to the registries; as server-sent events what is written from now on, or behind `Last-Event-ID`",
    { ...json("Changes"), "text/event-stream": { schema: { type: "string" } } },
  ),
  "/changes.atom": feed("changesAtom", "The same as an Atom feed (RFC 4287)", {
    "application/atom+xml": { schema: { type: "string" } },
  }),
};
