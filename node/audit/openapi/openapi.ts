import { address, dateTime, hash, listNumber, subjectKind, text } from "../../http/openapi/json-schema.ts";
import { get, inPath, inQuery, type Operation, type Paths, plain, refusal } from "../../http/openapi/operation.ts";
import { DEFAULT_PAGE, MAX_PAGE, MAX_TOKEN_LIFETIME } from "../bounds.ts";
import { AUDIT_SCHEMAS } from "./schemas.ts";

const schema = (name: keyof typeof AUDIT_SCHEMAS) => ({ schema: { $ref: `#/components/schemas/${name}` } });
const json = (name: keyof typeof AUDIT_SCHEMAS) => ({ "application/json": schema(name) });
const required = (...parameter: Parameters<typeof inQuery>) => ({ ...inQuery(...parameter), required: true }) as const;

const AS_OF = inQuery("asOf", {
  anyOf: [{ type: "string", pattern: "^(?:0|[1-9][0-9]{0,14})$" }, dateTime],
  description: "Whose knowledge is used: a block's number, or a moment up to now. The newest block unless given",
});

/** A route, with the answers to requests that are refused. */
const read = (operation: Operation) =>
  get({
    ...operation,
    responses: {
      "400": refusal("AUDIT_PARAMETER, or no HTTP request"),
      "401": {
        ...refusal("AUDIT_TOKEN: a bearer token is wanted, or this one is not taken"),
        headers: { "www-authenticate": { schema: text } },
      },
      "403": refusal("AUDIT_FORBIDDEN: the requester may not ask"),
      "503": refusal("UNAVAILABLE: not known now; AUDIT_BUSY. Never an absence"),
      ...operation.responses,
    },
  });
const ABSENT = { "404": refusal("AUDIT_NOT_FOUND: no such thing as of the block") };

/** Every route of the audit listener. HEAD is GET without a body. */
const PATHS: Paths = {
  "/audit/changes": read({
    operationId: "changes",
    summary: "The log of changes, in the chain's order",
    description: "By Accept a page of it as JSON, or all of it as JSON lines or CSV, sent as fast as it is read.",
    parameters: [
      inQuery("kind", { ...subjectKind, description: "Of this kind of subject" }),
      inQuery("subject", {
        type: "string",
        maxLength: 120,
        description: "Of this subject alone; needs kind. A DID may be its address",
      }),
      inQuery("type", { ...text, description: "Changes of this name" }),
      inQuery("actor", { ...text, description: "By this account, or the address of this DID" }),
      inQuery("from", { ...dateTime, description: "From this second on" }),
      inQuery("to", { ...dateTime, description: "Up to this second, which is included" }),
      inQuery("after", {
        type: "string",
        pattern: "^\\d+-\\d+-[0-9a-f]{16}$",
        description: "`next` of the page before",
      }),
      inQuery("limit", {
        type: "integer",
        minimum: 1,
        maximum: MAX_PAGE,
        default: DEFAULT_PAGE,
        description: "Most changes of a page of JSON",
      }),
    ],
    responses: {
      "200": {
        description: "The changes; an export names its block in the header mapae-as-of",
        content: { ...json("Page"), "application/jsonl": schema("Change"), ...plain("text/csv") },
      },
      "406": refusal("AUDIT_MEDIA_TYPE"),
      "409": refusal("AUDIT_CURSOR: what the cursor names was undone: begin again"),
    },
  }),
  "/audit/status/{issuer}/{number}/{index}": read({
    operationId: "status",
    summary: "The status of one credential as of a block, and the transactions that made it so",
    parameters: [
      inPath("issuer", { ...address, description: "Address of the list's issuer, in lower case" }),
      inPath("number", { ...listNumber, description: "Number of the list among its issuer's" }),
      inPath("index", {
        type: "string",
        pattern: "^(?:0|[1-9][0-9]{0,6})$",
        description: "The credential's place in the list",
      }),
      AS_OF,
    ],
    responses: { "200": { description: "The status", content: json("StatusAnswer") }, ...ABSENT },
  }),
  "/audit/trust": read({
    operationId: "trust",
    summary: "May a credential be trusted: key, accreditation and status, under two clocks",
    parameters: [
      required("issuer", { ...text, description: "Its issuer, by address or DID" }),
      required("key", { ...text, description: "Fragment of the id of the key that signed" }),
      required("type", { ...hash, description: "Its type" }),
      required("at", { ...dateTime, description: "The moment at which it says that it was issued" }),
      inQuery("list", { ...text, description: "Its list as <issuer's address>/<number>, with index" }),
      inQuery("index", { type: "integer", minimum: 0, description: "Its place in the list" }),
      AS_OF,
    ],
    responses: { "200": { description: "The answer", content: json("TrustAnswer") }, ...ABSENT },
  }),
  "/audit/writers/{kind}/{id}": read({
    operationId: "writers",
    summary: "Who could have written to a subject, as of a block",
    parameters: [
      inPath("kind", { ...subjectKind, description: "Kind of the subject" }),
      inPath("id", { type: "string", maxLength: 120, description: "Its id; a DID may be its address" }),
      AS_OF,
    ],
    responses: { "200": { description: "Who could", content: json("WritersAnswer") }, ...ABSENT },
  }),
  "/audit/openapi.json": read({
    operationId: "openapi",
    summary: "This description",
    responses: { "200": { description: "This description", content: json("OpenApi") } },
  }),
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
