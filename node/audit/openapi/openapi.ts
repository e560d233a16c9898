import { LISTENER, type Operation, PROBLEM } from "../../http/openapi/operation.ts";
import { MAX_PAGE, MAX_TOKEN_LIFETIME } from "../bounds.ts";
import { AUDIT_SCHEMAS, pattern } from "./schemas.ts";

const schema = (name: keyof typeof AUDIT_SCHEMAS) => ({ schema: { $ref: `#/components/schemas/${name}` } });
const json = (name: keyof typeof AUDIT_SCHEMAS) => ({ "application/json": schema(name) });
const inPath = (name: string, description: string, schema: object) => {
  return { name, in: "path", required: true, description, schema };
};
const inQuery = (name: string, description: string, schema: object, required = false) => {
  return { name, in: "query", required, description, schema };
};

const AS_OF = inQuery(
  "asOf",
  "Whose knowledge is used: a block's number, or a moment up to now. The newest block unless given",
  {
    anyOf: [{ type: "string", pattern: "^(?:0|[1-9][0-9]{0,14})$" }, pattern.dateTime],
  },
);
const KIND = { enum: ["did", "type", "grant", "list"] };

const REFUSED: Operation["responses"] = {
  ...LISTENER,
  "400": { description: "AUDIT_PARAMETER, or no HTTP request", content: PROBLEM },
  "401": {
    description: "AUDIT_TOKEN: a bearer token is wanted, or this one is not taken",
    headers: { "www-authenticate": { schema: { type: "string" } } },
    content: PROBLEM,
  },
  "403": { description: "AUDIT_FORBIDDEN: the requester may not ask", content: PROBLEM },
  "503": { description: "UNAVAILABLE: not known now; AUDIT_BUSY. Never an absence", content: PROBLEM },
};
const ABSENT = { "404": { description: "AUDIT_NOT_FOUND: no such thing as of the block", content: PROBLEM } };

/** Every route of the audit listener. HEAD is GET without a body. */
const PATHS: Readonly<Record<string, { readonly get: Operation }>> = {
  "/audit/changes": {
    get: {
      operationId: "changes",
      summary: "The log of changes, in the chain's order",
      description: "By Accept a page of it as JSON, or all of it as JSON lines or CSV, sent as fast as it is read.",
      parameters: [
        inQuery("kind", "Of this kind of subject", KIND),
        inQuery("subject", "Of this subject alone; needs kind. A DID may be its address", {
          type: "string",
          maxLength: 120,
        }),
        inQuery("type", "Changes of this name", { type: "string" }),
        inQuery("actor", "By this account, or the address of this DID", { type: "string" }),
        inQuery("from", "From this second on", pattern.dateTime),
        inQuery("to", "Up to this second, which is included", pattern.dateTime),
        inQuery("after", "`next` of the page before", { type: "string", pattern: "^\\d+-\\d+-[0-9a-f]{16}$" }),
        inQuery("limit", "Most changes of a page of JSON", {
          type: "integer",
          minimum: 1,
          maximum: MAX_PAGE,
          default: 100,
        }),
      ],
      responses: {
        ...REFUSED,
        "200": {
          description: "The changes; an export names its block in the header mapae-as-of",
          content: {
            ...json("Page"),
            "application/jsonl": schema("Change"),
            "text/csv": { schema: { type: "string" } },
          },
        },
        "406": { description: "AUDIT_MEDIA_TYPE", content: PROBLEM },
        "409": { description: "AUDIT_CURSOR: what the cursor names was undone: begin again", content: PROBLEM },
      },
    },
  },
  "/audit/status/{issuer}/{number}/{index}": {
    get: {
      operationId: "status",
      summary: "The status of one credential as of a block, and the transactions that made it so",
      parameters: [
        inPath("issuer", "Address of the list's issuer, in lower case", pattern.address),
        inPath("number", "Number of the list among its issuer's", {
          type: "string",
          pattern: "^(?:0|[1-9][0-9]{0,77})$",
        }),
        inPath("index", "The credential's place in the list", { type: "string", pattern: "^(?:0|[1-9][0-9]{0,6})$" }),
        AS_OF,
      ],
      responses: { ...REFUSED, "200": { description: "The status", content: json("StatusAnswer") }, ...ABSENT },
    },
  },
  "/audit/trust": {
    get: {
      operationId: "trust",
      summary: "May a credential be trusted: key, accreditation and status, under two clocks",
      parameters: [
        inQuery("issuer", "Its issuer, by address or DID", { type: "string" }, true),
        inQuery("key", "Fragment of the id of the key that signed", { type: "string" }, true),
        inQuery("type", "Its type", pattern.hash, true),
        inQuery("at", "The moment at which it says that it was issued", pattern.dateTime, true),
        inQuery("list", "Its list as <issuer's address>/<number>, with index", { type: "string" }),
        inQuery("index", "Its place in the list", { type: "integer", minimum: 0 }),
        AS_OF,
      ],
      responses: { ...REFUSED, "200": { description: "The answer", content: json("TrustAnswer") }, ...ABSENT },
    },
  },
  "/audit/writers/{kind}/{id}": {
    get: {
      operationId: "writers",
      summary: "Who could have written to a subject, as of a block",
      parameters: [
        inPath("kind", "Kind of the subject", KIND),
        inPath("id", "Its id; a DID may be its address", { type: "string", maxLength: 120 }),
        AS_OF,
      ],
      responses: { ...REFUSED, "200": { description: "Who could", content: json("WritersAnswer") }, ...ABSENT },
    },
  },
  "/audit/openapi.json": {
    get: {
      operationId: "openapi",
      summary: "This description",
      responses: { ...REFUSED, "200": { description: "This description", content: json("OpenApi") } },
    },
  },
};

/** Description of the audit listener in OpenAPI 3.1. */
export const AUDIT_OPENAPI = {
  openapi: "3.1.0",
  info: {
    title: "The audit listener of a node of did:mapae",
    version: "1.0.0",
    description: "What was so as of a block, who made it so, and where the chain says it. Nothing here writes.",
    license: { name: "Apache-2.0", identifier: "Apache-2.0" },
  },
  security: [{ bearer: [] }],
  paths: PATHS,
  components: {
    schemas: AUDIT_SCHEMAS,
    securitySchemes: {
      bearer: {
        type: "http",
        scheme: "bearer",
        bearerFormat: "JWT",
        description: `Signed by a DID that may ask, for this listener, for ${MAX_TOKEN_LIFETIME} s at most. None on a listener without auditors`,
      },
    },
  },
};
