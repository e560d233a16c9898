import { address, dateTime, hash, listNumber, subjectKind, text } from "../../http/openapi/json-schema.ts";
import { get, inPath, inQuery, type Operation, type Paths, plain, refusal } from "../../http/openapi/operation.ts";
import { DEFAULT_PAGE, MAX_PAGE, MAX_TOKEN_LIFETIME } from "../bounds.ts";
import { AUDIT_SCHEMAS } from "./schemas.ts";

const schema = (name: keyof typeof AUDIT_SCHEMAS) => ({ schema: { $ref: `#/components/schemas/${name}` } });
const json = (name: keyof typeof AUDIT_SCHEMAS) => ({ "application/json": schema(name) });
const required = (...parameter: Parameters<typeof inQuery>) => ({ ...inQuery(...parameter), required: true }) as const;

const AS_OF = inQuery("asOf", {
  anyOf: [{ type: "string", pattern: "^(?:0|[1-9][0-9]{0,14})$" }, dateTime],
  description:
    "The block as of which the answer holds: its number, or a moment that is not in the future. The newest block by default",
});

/** A route, with the answers to requests that are refused. */
const read = (operation: Operation) =>
  get({
    ...operation,
    responses: {
      "400": refusal("AUDIT_PARAMETER: a parameter is wrong; or the request is no valid HTTP"),
      "401": {
        ...refusal("AUDIT_TOKEN: the request has no bearer token, or one that is not accepted"),
        headers: { "www-authenticate": { schema: text } },
      },
      "403": refusal("AUDIT_FORBIDDEN: the DID that signed the token may not ask this node"),
      "503": refusal(
        "UNAVAILABLE: the node can't answer now. AUDIT_BUSY: it answers too many requests. Neither says that something does not exist",
      ),
      ...operation.responses,
    },
  });
const ABSENT = { "404": refusal("AUDIT_NOT_FOUND: what was asked for did not exist as of the block") };

/** Every route of the audit listener. HEAD is GET without a body. */
const PATHS: Paths = {
  "/audit/changes": read({
    operationId: "changes",
    summary: "The log of changes, in the chain's order",
    description:
      "`Accept` chooses the format: JSON gives one page of changes; JSON lines and CSV export all of them, as fast as the client reads.",
    parameters: [
      inQuery("kind", { ...subjectKind, description: "Only changes of subjects of this kind" }),
      inQuery("subject", {
        type: "string",
        maxLength: 120,
        description: "Only changes of this subject; needs `kind`. A DID can be given by its address",
      }),
      inQuery("type", { ...text, description: "Only changes of this type" }),
      inQuery("actor", { ...text, description: "Only changes that this account made, given by its address or DID" }),
      inQuery("from", { ...dateTime, description: "Only changes at or after this second" }),
      inQuery("to", { ...dateTime, description: "Only changes at or before this second" }),
      inQuery("after", {
        type: "string",
        pattern: "^\\d+-\\d+-[0-9a-f]{16}$",
        description: "`next` of the previous page",
      }),
      inQuery("limit", {
        type: "integer",
        minimum: 1,
        maximum: MAX_PAGE,
        default: DEFAULT_PAGE,
        description: "Maximum number of changes in a page of JSON",
      }),
    ],
    responses: {
      "200": {
        description: "The changes. The header `mapae-as-of` of an export names the block as of which it holds",
        content: { ...json("Page"), "application/jsonl": schema("Change"), ...plain("text/csv") },
      },
      "406": refusal("AUDIT_MEDIA_TYPE: `Accept` names none of the formats"),
      "409": refusal(
        "AUDIT_CURSOR: a reorganisation undid the change that the cursor names; begin again at the first page",
      ),
    },
  }),
  "/audit/status/{issuer}/{number}/{index}": read({
    operationId: "status",
    summary: "The status of one credential as of a block, and the transactions that changed it",
    parameters: [
      inPath("issuer", { ...address, description: "Address of the list's issuer, in lower case" }),
      inPath("number", { ...listNumber, description: "Number of the list among those of its issuer" }),
      inPath("index", {
        type: "string",
        pattern: "^(?:0|[1-9][0-9]{0,6})$",
        description: "The credential's index in the list",
      }),
      AS_OF,
    ],
    responses: { "200": { description: "The status", content: json("StatusAnswer") }, ...ABSENT },
  }),
  "/audit/trust": read({
    operationId: "trust",
    summary:
      "Whether a credential can be trusted: its key and accreditation when it was issued, and its status as of a block",
    parameters: [
      required("issuer", { ...text, description: "Address or DID of the credential's issuer" }),
      required("key", { ...text, description: "Fragment of the id of the key that signed the credential" }),
      required("type", { ...hash, description: "Id of the credential's type" }),
      required("at", { ...dateTime, description: "The moment of issue that the credential states" }),
      inQuery("list", {
        ...text,
        description: "The credential's status list, as `<issuer's address>/<number>`; needs `index`",
      }),
      inQuery("index", {
        type: "integer",
        minimum: 0,
        description: "The credential's index in the status list; needs `list`",
      }),
      AS_OF,
    ],
    responses: { "200": { description: "The answer", content: json("TrustAnswer") }, ...ABSENT },
  }),
  "/audit/writers/{kind}/{id}": read({
    operationId: "writers",
    summary: "Which accounts could write to a subject as of a block",
    parameters: [
      inPath("kind", { ...subjectKind, description: "Kind of the subject" }),
      inPath("id", {
        type: "string",
        maxLength: 120,
        description: "Id of the subject. A DID can be given by its address",
      }),
      AS_OF,
    ],
    responses: { "200": { description: "The accounts", content: json("WritersAnswer") }, ...ABSENT },
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
    description:
      "Answers for auditors: the state of a subject as of a block, the accounts that changed it, and the transactions in which they did. No route writes.",
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
        description: `A token that names this listener as its audience, is signed by the DID of an auditor and is valid for at most ${MAX_TOKEN_LIFETIME} s. A listener without configured auditors needs none`,
      },
    },
  },
};
