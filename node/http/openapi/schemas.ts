import { type OPTION_NAMES, RELATIVE_REF } from "../../../resolver/resolution/options.ts";
import { REPRESENTATIONS } from "../../../resolver/resolution/representation.ts";
import { STATE_KINDS } from "../../runtime/status.ts";
import { PROBLEM_CODES } from "../problem.ts";
import { MOMENT, TRUST_SCHEMAS } from "./trust-schemas.ts";

const text = { type: "string" };
/** Printable ASCII without spaces. */
const visible = { ...text, pattern: "^[!-~]+$" };
const hash = { type: "string", pattern: "^0x[0-9a-f]{64}$" };
const blockNumber = { type: "integer", minimum: 0 };
const dateTime = { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z$" };
const flag = { type: "string", enum: ["true", "false"] };
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

const options: Record<(typeof OPTION_NAMES)[number], object> = {
  versionId: {
    type: ["string", "integer"],
    pattern: "^(?:0|[1-9][0-9]{0,14})$",
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: "A block number: the version in force there",
  },
  versionTime: { ...MOMENT, description: "What was known and valid at a moment" },
  noCache: {
    type: ["string", "boolean"],
    enum: [...flag.enum, true, false],
    description: "Whether the answer is computed again, with `Cache-Control: no-store`",
  },
  expandRelativeUrls: {
    type: ["string", "boolean"],
    enum: [...flag.enum, true, false],
    description: "They are absolute in any case",
  },
  proof: {
    type: ["string", "boolean"],
    enum: [...flag.enum, true, false],
    description: "Whether a result has the envelope that proves it, as `didResolutionMetadata.proof`",
  },
  service: { ...visible, description: "A service by its id or fragment" },
  serviceType: { ...text, pattern: "^[ -~]+$", description: "Services by their type" },
  relativeRef: {
    ...text,
    pattern: RELATIVE_REF.source,
    description:
      "A reference relative to the endpoint of the `service` or `serviceType` that it comes with, to its path or below it",
  },
  verificationRelationship: { ...visible, description: "The relationship that the method has to be in" },
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
        asOf: {
          type: "object",
          required: ["block", "hash", "time", "finalized"],
          properties: { block: blockNumber, hash, time: dateTime, finalized: { type: "boolean" } },
          additionalProperties: false,
        },
        at: dateTime,
        validityEnded: {
          type: "array",
          items: { type: "object", required: ["id", "validTo"], properties: { id: text, validTo: dateTime } },
        },
        stale: { const: true },
      },
      additionalProperties: false,
    },
  ],
};

/** JSON Schemas (2020-12) of the answers. */
export const SCHEMAS = {
  ...TRUST_SCHEMAS,
  StatusLists: {
    type: "object",
    required: ["status_lists"],
    properties: { status_lists: { type: "array", items: { type: "string", format: "uri" } } },
    additionalProperties: false,
  },
  Options: {
    type: "object",
    properties: options,
    additionalProperties: false,
    not: { required: ["versionId", "versionTime"] },
    dependentSchemas: { relativeRef: { anyOf: [{ required: ["service"] }, { required: ["serviceType"] }] } },
  },
  Problem: {
    description: "Problem details (RFC 9457) with a stable code",
    type: "object",
    required: ["type", "title", "status", "detail", "code"],
    properties: {
      type: {
        type: "string",
        pattern: "^(?:https://(?:www\\.w3\\.org/ns/did|w3id\\.org/security)#[A-Z_]+|about:blank)$",
      },
      title: text,
      status: { type: "integer", minimum: 400, maximum: 599 },
      detail: text,
      code: { enum: PROBLEM_CODES },
    },
    additionalProperties: false,
  },
  Content: {
    description: "A DID document, or a method or service of it; null when the DID is deactivated",
    type: ["object", "null"],
    required: ["id"],
    properties: { id: { type: "string", pattern: "^did:mapae:" } },
  },
  DocumentMetadata: {
    type: "object",
    properties: {
      created: dateTime,
      updated: dateTime,
      deactivated: { const: true },
      versionId: { type: "string", pattern: "^[0-9]+$" },
      nextUpdate: dateTime,
      nextVersionId: { type: "string", pattern: "^[0-9]+$" },
    },
    additionalProperties: false,
  },
  ResolutionResult: {
    type: "object",
    required: ["didDocument", "didDocumentMetadata", "didResolutionMetadata"],
    properties: {
      didDocument: ref("Content"),
      didDocumentMetadata: ref("DocumentMetadata"),
      didResolutionMetadata: resultMetadata,
    },
    additionalProperties: false,
  },
  DereferencingResult: {
    type: "object",
    required: ["contentStream", "content", "contentMetadata", "dereferencingMetadata"],
    properties: {
      contentStream: ref("Content"),
      content: ref("Content"),
      contentMetadata: ref("DocumentMetadata"),
      dereferencingMetadata: resultMetadata,
    },
    additionalProperties: false,
  },
  Methods: { type: "array", items: { const: "mapae" }, minItems: 1, maxItems: 1 },
  TestIdentifiers: {
    type: "object",
    required: ["mapae"],
    properties: { mapae: { type: "array", items: { type: "string", pattern: "^did:mapae:" } } },
    additionalProperties: false,
  },
  Properties: {
    type: "object",
    required: ["network", "chainId", "genesisHash", "descriptorVersion", "didRegistry"],
    properties: {
      network: text,
      chainId: { type: "integer", minimum: 1 },
      genesisHash: hash,
      descriptorVersion: { type: "integer", minimum: 1 },
      didRegistry: { type: "string", pattern: "^0x[0-9a-f]{40}$" },
    },
    additionalProperties: false,
  },
  Network: {
    description: "See docs/network.schema.json",
    type: "object",
    required: ["name", "chainId", "genesisHash"],
  },
  Context: {
    description: "A JSON-LD context (JSON-LD 1.1)",
    type: "object",
    required: ["@context"],
    properties: { "@context": { type: "object" } },
    additionalProperties: false,
  },
  Health: {
    type: "object",
    required: ["status"],
    properties: { status: { const: "ok" } },
    additionalProperties: false,
  },
  State: {
    type: "object",
    required: ["kind", "reason"],
    properties: { kind: { enum: STATE_KINDS }, reason: text, block: blockNumber, head: blockNumber, code: text },
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
      network: { type: "string" },
      number: blockNumber,
      hash: { type: "string", pattern: "^0x[0-9a-f]{64}$" },
      time: { type: "integer", minimum: 0, description: "Of the block, in Unix seconds" },
      attestations: {
        type: "array",
        items: { type: "string", description: "A compact JWS without its payload, by one operator" },
      },
    },
  },
  Envelope: {
    type: "object",
    required: ["version", "network", "header", "attestations", "handovers", "nodes", "subjects", "identities"],
    properties: {
      version: { const: 1 },
      network: { type: "string" },
      header: { type: "string", pattern: "^0x[0-9a-f]*$" },
    },
  },
  Digest: { type: "object", required: ["block"], properties: { block: blockNumber } },
  OpenApi: { type: "object", required: ["openapi", "info", "paths"], properties: { openapi: { const: "3.1.0" } } },
} as const;
