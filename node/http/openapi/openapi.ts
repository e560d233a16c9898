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
    description: `A DID or DID URL, raw or percent-encoded once. A fragment has to be percent-encoded. The whole request target has at most ${MAX_TARGET_LENGTH} characters`,
  }),
  example: "did:mapae:local:0x90f79bf6eb2c4f870365e785982e1f101e93b906",
};

/** OpenAPI allows no parameter with the name Accept: the answers list the media types. */
const ACCEPTED = `\`Accept\` chooses the media type: ${RESULT}, ${DEREFERENCING_RESULT}, ${REPRESENTATIONS.join(", ")}, or text/uri-list, which redirects to the endpoint of a service.`;

const OPTIONS = OPTION_NAMES.map((name) => inQuery(name, { $ref: `#/components/schemas/Options/properties/${name}` }));

const PARTS = Object.fromEntries(Object.keys(PLAIN).map((type) => [type, { schema: ref("Content") }]));

const IDENTIFIER_RESPONSES: Operation["responses"] = {
  ...LISTENER,
  "200": {
    description:
      "The DID was resolved, or the DID URL dereferenced. Plain JSON and JSON-LD hold only the part of a document that a DID URL names",
    headers: AS_OF_HEADERS,
    content: { ...DOCUMENTS, ...PARTS, ...RESULTS },
  },
  "303": {
    description: "For `text/uri-list`: a redirection to the endpoint of the service, without a body",
    headers: {
      ...AS_OF_HEADERS,
      Location: { required: true, schema: { type: "string", format: "uri", pattern: "^https://" } },
    },
  },
  "400": { description: "INVALID_DID, INVALID_DID_URL or INVALID_OPTIONS", content: REFUSED },
  "404": { description: "NOT_FOUND: the DID, or the part of its document, does not exist", content: REFUSED },
  "406": { description: "REPRESENTATION_NOT_SUPPORTED", content: REFUSED },
  "410": {
    description: "The DID is deactivated: there is no document, and for `text/uri-list` no body",
    headers: AS_OF_HEADERS,
    content: { ...DOCUMENTS, ...PARTS, ...RESULTS },
  },
  "500": {
    description: "The verification method is not in the relationship that was asked for, or the node has a fault",
    content: REFUSED,
  },
  "501": { description: "METHOD_NOT_SUPPORTED or FEATURE_NOT_SUPPORTED", content: REFUSED },
  "503": {
    description:
      "UNAVAILABLE: the node can't ask the chain, or does not know the block yet. It does not say that the DID does not exist",
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
      description: `The HTTP(S) binding of DID Resolution v1. An unknown option is refused with an error that names it. versionId and versionTime can't be given together. ${ACCEPTED}`,
      parameters: [IDENTIFIER, ...OPTIONS],
      responses: {
        ...IDENTIFIER_RESPONSES,
        "304": { description: "The answer has not changed since the ETag", headers: AS_OF_HEADERS },
      },
    },
    post: {
      operationId: "resolveWithBody",
      summary: "Resolve a DID or dereference a DID URL, with the options in the body",
      description: ACCEPTED,
      parameters: [IDENTIFIER],
      requestBody: { required: false, content: { "application/json": { schema: ref("Options") } } },
      responses: { ...IDENTIFIER_RESPONSES, "413": refusal("The body has more than 8 192 bytes") },
    },
  },
  "/1.0/methods": read("methods", "The DID methods that this node serves", json("Methods")),
  "/1.0/properties": read(
    "properties",
    "The network that this node serves, in the form in which the Universal Resolver asks its drivers",
    json("Properties"),
  ),
  "/1.0/testIdentifiers": read(
    "testIdentifiers",
    "The DIDs that the operator gives as examples and that have a document now",
    json("TestIdentifiers"),
    { "503": refusal("UNAVAILABLE: the node does not know it now") },
  ),
  "/contexts/v1": read("context", "The JSON-LD context of the method, which is the last one that documents name", {
    "application/ld+json": { schema: ref("Context") },
  }),
  "/network": read("network", "The descriptor of the network that this node serves", json("Network")),
  "/": read("page", "The page for people, which verifies what it shows in the browser", plain("text/html"), {
    "304": { description: "The answer has not changed since the ETag" },
    "404": refusal("NO_PAGE: the page was not built"),
  }),
  "/page/{file}": get({
    operationId: "pageFile",
    summary: "A file of the page, whose name contains a hash of its content",
    parameters: [
      inPath("file", {
        type: "string",
        pattern: "^[A-Za-z0-9_-]+\\.(?:js|css)$",
        description: "Name of a file of the page",
      }),
    ],
    responses: {
      "200": { description: "The file", content: plain("text/javascript", "text/css") },
      "404": refusal("NO_PAGE: the page has no such file, or was not built"),
    },
  }),
  "/health": read("health", "Whether the process runs", json("Health")),
  "/ready": read(
    "ready",
    "Whether the node serves documents, and most of the other nodes that it asks agree with it; 503 when not",
    json("State"),
    { "503": { description: "The node is not ready, for the reason in the body", content: json("State") } },
  ),
  "/status": read(
    "status",
    "The node's version, its state, the chain's newest block, the lag behind it, and the digest of its index",
    json("Report"),
  ),
  "/digests/{block}": get({
    operationId: "digest",
    summary: "The registries' roots and the content hash as of a block that can no longer be undone",
    parameters: [
      inPath("block", {
        type: "string",
        pattern: "^(?:finalized|[0-9]{1,15})$",
        description: "Number of a block that can no longer be undone, or `finalized` for the newest of them",
      }),
    ],
    responses: {
      "200": { description: "The digest", content: json("Digest") },
      "404": refusal("The path has no block number, or the node does not know the block"),
      "503": refusal("UNAVAILABLE: the node does not know it now"),
    },
  }),
  "/attestations/{block}": get({
    operationId: "attestations",
    summary: "The operators' attestations of one of the newest blocks that can no longer be undone",
    parameters: [
      inPath("block", {
        type: "string",
        pattern: "^(?:newest|[0-9]{1,15})$",
        description: "Number of a block, or `newest` for the newest that enough operators attested",
      }),
    ],
    responses: {
      "200": { description: "The block with its attestations", content: json("Attestations") },
      "404": refusal("NOT_ATTESTED: this node has no attestations of the block, or the path has no block number"),
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
      "DID documents, accreditations and status lists as of a block of the chain. No route writes. HEAD answers as GET without a body; OPTIONS answers a preflight request with 204; web pages of every origin may read the answers.",
    license: { name: "Apache-2.0", identifier: "Apache-2.0" },
  },
  paths: PATHS,
  components: { schemas: SCHEMAS },
} as const;
