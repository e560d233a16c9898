import { OPTION_NAMES } from "../../../resolver/resolution/options.ts";
import { REPRESENTATIONS } from "../../../resolver/resolution/representation.ts";
import { DEREFERENCING_RESULT, PLAIN, RESULT } from "../negotiation/accept.ts";
import { MAX_TARGET_LENGTH } from "../server/bounds.ts";
import { BUNDLE_PATHS } from "./bundles.ts";
import { CHANGES_PATHS } from "./changes.ts";
import {
  AS_OF_HEADERS,
  get,
  inPath,
  inQuery,
  json,
  LISTENER,
  type Operation,
  type Paths,
  PROBLEM,
  plain,
  ref,
  refusal,
} from "./operation.ts";
import { PROOF_PATHS } from "./proofs.ts";
import { SCHEMAS } from "./schemas.ts";
import { STATUS_LIST_PATHS } from "./status-lists.ts";
import { TRUST_PATHS } from "./trust.ts";

const DOCUMENTS = Object.fromEntries(REPRESENTATIONS.map((type) => [type, { schema: ref("Content") }]));
const RESULTS = {
  [RESULT]: { schema: ref("ResolutionResult") },
  [DEREFERENCING_RESULT]: { schema: ref("DereferencingResult") },
};
const REFUSED = { ...PROBLEM, ...RESULTS };

const IDENTIFIER = {
  ...inPath("identifier", {
    type: "string",
    pattern: "^did:[a-z0-9]+:[!-~]+$",
    description: `A DID or DID URL, raw or percent-encoded once; a fragment has to be encoded. The whole target of the request has at most ${MAX_TARGET_LENGTH} characters`,
  }),
  example: "did:mapae:local:0x90f79bf6eb2c4f870365e785982e1f101e93b906",
};

/** OpenAPI allows no parameter with the name Accept: the answers list the media types. */
const ACCEPTED = `By \`Accept\`: ${RESULT}, ${DEREFERENCING_RESULT}, ${REPRESENTATIONS.join(", ")}, or text/uri-list to be sent to a service.`;

const OPTIONS = OPTION_NAMES.map((name) => inQuery(name, { $ref: `#/components/schemas/Options/properties/${name}` }));

const PARTS = Object.fromEntries(Object.keys(PLAIN).map((type) => [type, { schema: ref("Content") }]));

const IDENTIFIER_RESPONSES: Operation["responses"] = {
  ...LISTENER,
  "200": {
    description: "Resolved or dereferenced; in plain JSON or JSON-LD only what a DID URL names in a document",
    headers: AS_OF_HEADERS,
    content: { ...DOCUMENTS, ...PARTS, ...RESULTS },
  },
  "303": {
    description: "The endpoint of a service, for `text/uri-list`; no body",
    headers: {
      ...AS_OF_HEADERS,
      Location: { required: true, schema: { type: "string", format: "uri", pattern: "^https://" } },
    },
  },
  "400": { description: "INVALID_DID, INVALID_DID_URL or INVALID_OPTIONS", content: REFUSED },
  "404": { description: "NOT_FOUND: the DID, or the part of its document, does not exist", content: REFUSED },
  "406": { description: "REPRESENTATION_NOT_SUPPORTED", content: REFUSED },
  "410": {
    description: "Deactivated: no document, or for `text/uri-list` no body",
    headers: AS_OF_HEADERS,
    content: { ...DOCUMENTS, ...PARTS, ...RESULTS },
  },
  "500": { description: "A relationship that a method is not in, or a fault of the node", content: REFUSED },
  "501": { description: "METHOD_NOT_SUPPORTED or FEATURE_NOT_SUPPORTED", content: REFUSED },
  "503": {
    description: "UNAVAILABLE: the chain could not be asked, or the block is not known yet. Never an absence",
    headers: { "Retry-After": { schema: { type: "integer" } } },
    content: REFUSED,
  },
};

/** Every route of the public listener. On each of them HEAD is GET without a body, and OPTIONS a preflight. */
const PATHS: Paths = {
  "/1.0/identifiers/{identifier}": {
    get: {
      operationId: "resolve",
      summary: "Resolve a DID or dereference a DID URL",
      description: `DID Resolution v1, HTTP(S) binding. An option that is not known is refused by its name; versionId and versionTime exclude each other. ${ACCEPTED}`,
      parameters: [IDENTIFIER, ...OPTIONS],
      responses: {
        ...IDENTIFIER_RESPONSES,
        "304": { description: "Not changed since the ETag", headers: AS_OF_HEADERS },
      },
    },
    post: {
      operationId: "resolveWithBody",
      summary: "The same, with the options in the body",
      description: ACCEPTED,
      parameters: [IDENTIFIER],
      requestBody: { required: false, content: { "application/json": { schema: ref("Options") } } },
      responses: { ...IDENTIFIER_RESPONSES, "413": refusal("More than 8 192 bytes") },
    },
  },
  "/1.0/methods": read("methods", "The DID methods that are served", json("Methods")),
  "/1.0/properties": read(
    "properties",
    "What is served, as the Universal Resolver asks its drivers",
    json("Properties"),
  ),
  "/1.0/testIdentifiers": read(
    "testIdentifiers",
    "DIDs that the operator names as examples and that have a document now",
    json("TestIdentifiers"),
    { "503": refusal("Not known now") },
  ),
  "/contexts/v1": read("context", "The JSON-LD context of the method, which documents name last", {
    "application/ld+json": { schema: ref("Context") },
  }),
  "/network": read("network", "The descriptor of the network that is served", json("Network")),
  "/": read(
    "page",
    "The page for people, which checks what it shows; NO_PAGE where it was not built",
    plain("text/html"),
    { "304": { description: "Not changed since the ETag" }, "404": refusal("NO_PAGE") },
  ),
  "/page/{file}": get({
    operationId: "pageFile",
    summary: "A file of the page, named by its hash",
    parameters: [
      inPath("file", {
        type: "string",
        pattern: "^[A-Za-z0-9_-]+\\.(?:js|css)$",
        description: "A name that the page has",
      }),
    ],
    responses: {
      "200": { description: "The file", content: plain("text/javascript", "text/css") },
      "404": refusal("NO_PAGE: no such file"),
    },
  }),
  "/health": read("health", "Whether the process runs", json("Health")),
  "/ready": read(
    "ready",
    "Whether documents are answered and most other nodes do not differ; 503 when not",
    json("State"),
    { "503": { description: "Not fit to answer", content: json("State") } },
  ),
  "/status": read("status", "Version, state, head, lag and digest", json("Report")),
  "/digests/{block}": get({
    operationId: "digest",
    summary: "The registries' roots and the content hash as of a block that stays",
    parameters: [
      inPath("block", {
        type: "string",
        pattern: "^(?:finalized|[0-9]{1,15})$",
        description: "Number of a block that stays, or `finalized` for the newest",
      }),
    ],
    responses: {
      "200": { description: "The digest", content: json("Digest") },
      "404": refusal("No block number, or a block that is not known"),
      "503": refusal("Not known now"),
    },
  }),
  "/attestations/{block}": get({
    operationId: "attestations",
    summary: "What operators signed of one of the newest blocks that stay, or of the newest that enough of them signed",
    parameters: [
      inPath("block", {
        type: "string",
        pattern: "^(?:newest|[0-9]{1,15})$",
        description: "Number of a block, or `newest` for the newest that enough operators attested",
      }),
    ],
    responses: {
      "200": { description: "The block with its attestations", content: json("Attestations") },
      "404": refusal("NOT_ATTESTED: there are none here, or no block number"),
    },
  }),
  ...PROOF_PATHS,
  ...STATUS_LIST_PATHS,
  ...TRUST_PATHS,
  ...BUNDLE_PATHS,
  ...CHANGES_PATHS,
  "/openapi.json": read("openapi", "This description", json("OpenApi")),
  "/docs": read("docs", "This description as a page", plain("text/html")),
};

/** A route without parameters. */
function read(
  operationId: string,
  summary: string,
  content: Operation["responses"][string]["content"] & object,
  more: Operation["responses"] = {},
) {
  return get({ operationId, summary, responses: { "200": { description: summary, content }, ...more } });
}

/** Description of the public listener in OpenAPI 3.1. */
export const OPENAPI = {
  openapi: "3.1.0",
  info: {
    title: "A node of did:mapae",
    version: "1.0.0",
    description:
      "DID documents as of a block of the chain. Nothing here writes. HEAD is GET without a body; OPTIONS answers a preflight with 204; any page may read every answer.",
    license: { name: "Apache-2.0", identifier: "Apache-2.0" },
  },
  paths: PATHS,
  components: { schemas: SCHEMAS },
} as const;
