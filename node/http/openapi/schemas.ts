import { type OPTION_NAMES, RELATIVE_REF } from "../../../resolver/resolution/options.ts";
import { REPRESENTATIONS } from "../../../resolver/resolution/representation.ts";
import { STATE_KINDS } from "../../runtime/status.ts";
import { PROBLEM_CODES } from "../problem.ts";
import {
  address,
  boolean,
  dateTime,
  hash,
  listOf,
  members,
  moment,
  openApi,
  problemStatus,
  text,
  whole,
} from "./json-schema.ts";
import { TRUST_SCHEMAS } from "./trust-schemas.ts";

/** Printable ASCII without spaces. */
const visible = { ...text, pattern: "^[!-~]+$" };
const flag = { type: ["string", "boolean"], enum: ["true", "false", true, false] };
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

const options: Record<(typeof OPTION_NAMES)[number], object> = {
  versionId: {
    type: ["string", "integer"],
    pattern: "^(?:0|[1-9][0-9]{0,14})$",
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: "Number of a block: the answer is the version that was in force there",
  },
  versionTime: { ...moment, description: "A moment: the answer is what was known and valid then" },
  noCache: {
    ...flag,
    description: "Whether the node computes the answer again and sends it with `Cache-Control: no-store`",
  },
  expandRelativeUrls: {
    ...flag,
    description: "Accepted without effect: URLs in answers are always absolute",
  },
  proof: {
    ...flag,
    description: "Whether the result has the envelope that proves it in `didResolutionMetadata.proof`",
  },
  service: { ...visible, description: "Id or fragment of a service" },
  serviceType: { ...text, pattern: "^[ -~]+$", description: "Type of services" },
  relativeRef: {
    ...text,
    pattern: RELATIVE_REF.source,
    description:
      "A reference relative to the endpoint of a service, at or below its path; needs `service` or `serviceType`",
  },
  verificationRelationship: {
    ...visible,
    description: "The verification relationship in which the verification method has to be",
  },
};

/** Metadata of a result: a problem, or the block as of which it holds. */
const resultMetadata = {
  type: "object",
  oneOf: [
    { required: ["error"], properties: { error: ref("Problem") }, additionalProperties: false },
    {
      required: ["contentType", "asOf", "at"],
      properties: {
        contentType: { enum: REPRESENTATIONS },
        asOf: members({ block: whole, hash, time: dateTime, finalized: boolean }),
        at: dateTime,
        validityEnded: listOf({
          type: "object",
          required: ["id", "validTo"],
          properties: { id: text, validTo: dateTime },
        }),
        stale: { const: true },
      },
      additionalProperties: false,
    },
  ],
};

/** JSON Schemas (2020-12) of the answers. */
export const SCHEMAS = {
  ...TRUST_SCHEMAS,
  StatusLists: members({ status_lists: listOf({ type: "string", format: "uri" }) }),
  Options: {
    type: "object",
    properties: options,
    additionalProperties: false,
    not: { required: ["versionId", "versionTime"] },
    dependentSchemas: { relativeRef: { anyOf: [{ required: ["service"] }, { required: ["serviceType"] }] } },
  },
  Problem: members(
    {
      type: {
        type: "string",
        pattern: "^(?:https://(?:www\\.w3\\.org/ns/did|w3id\\.org/security)#[A-Z_]+|about:blank)$",
      },
      title: text,
      status: problemStatus,
      detail: text,
      code: { enum: PROBLEM_CODES },
    },
    "Problem details (RFC 9457) with a stable code",
  ),
  Content: {
    description: "A DID document, or a verification method or service of one; null when the DID is deactivated",
    type: ["object", "null"],
    required: ["id"],
    properties: { id: { type: "string", pattern: "^did:mapae:" } },
  },
  DocumentMetadata: members({
    "created?": dateTime,
    "updated?": dateTime,
    "deactivated?": { const: true },
    "versionId?": { type: "string", pattern: "^[0-9]+$" },
    "nextUpdate?": dateTime,
    "nextVersionId?": { type: "string", pattern: "^[0-9]+$" },
  }),
  ResolutionResult: members({
    didDocument: ref("Content"),
    didDocumentMetadata: ref("DocumentMetadata"),
    didResolutionMetadata: resultMetadata,
  }),
  DereferencingResult: members({
    contentStream: ref("Content"),
    content: ref("Content"),
    contentMetadata: ref("DocumentMetadata"),
    dereferencingMetadata: resultMetadata,
  }),
  Methods: { type: "array", items: { const: "mapae" }, minItems: 1, maxItems: 1 },
  TestIdentifiers: members({ mapae: listOf({ type: "string", pattern: "^did:mapae:" }) }),
  Properties: members({
    network: text,
    chainId: { type: "integer", minimum: 1 },
    genesisHash: hash,
    descriptorVersion: { type: "integer", minimum: 1 },
    didRegistry: address,
  }),
  Network: {
    description: "See docs/network.schema.json",
    type: "object",
    required: ["name", "chainId", "genesisHash"],
  },
  Context: members({ "@context": { type: "object" } }, "A JSON-LD context (JSON-LD 1.1)"),
  Health: members({ status: { const: "ok" } }),
  State: {
    type: "object",
    required: ["kind", "reason"],
    properties: { kind: { enum: STATE_KINDS }, reason: text, block: whole, head: whole, code: text },
  },
  Report: {
    type: "object",
    required: [
      "version",
      "schemaVersion",
      "network",
      "state",
      "head",
      "indexed",
      "lag",
      "comparedAt",
      "digest",
      "peers",
    ],
    properties: { version: text, network: text, state: ref("State") },
  },
  Attestations: {
    type: "object",
    required: ["network", "number", "hash", "time", "attestations"],
    properties: {
      network: text,
      number: whole,
      hash,
      time: { ...whole, description: "Time of the block, in Unix seconds" },
      attestations: listOf({ ...text, description: "One operator's attestation: a compact JWS without its payload" }),
    },
  },
  Envelope: {
    type: "object",
    required: ["version", "network", "header", "attestations", "handovers", "nodes", "subjects", "identities"],
    properties: {
      version: { const: 1 },
      network: text,
      header: { type: "string", pattern: "^0x[0-9a-f]*$" },
    },
  },
  Digest: { type: "object", required: ["block"], properties: { block: whole } },
  OpenApi: openApi,
} as const;
