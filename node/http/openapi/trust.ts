import type { ACCREDITATION_OPTIONS } from "../trust/trust.ts";
import { AS_OF_HEADERS, json, LISTENER, type Operation, PROBLEM } from "./operation.ts";
import type { SCHEMAS } from "./schemas.ts";
import { MOMENT } from "./trust-schemas.ts";

const KEEP = { "cache-control": { description: "Whether a copy has to be checked", schema: { type: "string" } } };
const HEADERS = { ...AS_OF_HEADERS, ...KEEP };

const OPTIONS: Readonly<Record<(typeof ACCREDITATION_OPTIONS)[number], object>> = {
  type: {
    type: "string",
    pattern: "^[!-~]+$",
    maxLength: 200,
    description: "URI of a credential type, or its id; all when it is not given",
  },
  at: {
    ...MOMENT,
    description: "The moment to judge; by default now, or with asOf the time of the block in the answer",
  },
  asOf: {
    type: "integer",
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: "Number of the block whose knowledge is used; by default the newest",
  },
};

const TYPE_ID = {
  name: "id",
  in: "path",
  required: true,
  description: "keccak256 of the type's URI",
  schema: { type: "string", pattern: "^0x[0-9a-f]{64}$" },
};
const DID = {
  name: "did",
  in: "path",
  required: true,
  description: "The DID of an issuer, or of an authority that accredits issuers",
  schema: { type: "string", pattern: "^did:mapae:(?:local|[a-z][a-z0-9]{0,15}-[0-9a-f]{8}):0x[0-9a-f]{40}$" },
};

function read(
  operation: Pick<Operation, "operationId" | "summary"> & Partial<Operation>,
  schema: keyof typeof SCHEMAS,
): { readonly get: Operation } {
  return {
    get: {
      ...operation,
      responses: {
        ...LISTENER,
        "200": { description: operation.summary, headers: HEADERS, content: json(schema) },
        "304": { description: "Not changed since the ETag", headers: HEADERS },
        "400": { description: "INVALID_OPTIONS, INVALID_DID, or no HTTP request", content: PROBLEM },
        ...operation.responses,
        "503": { description: "UNAVAILABLE: it can't be said now. Never an absence", content: PROBLEM },
      },
    },
  };
}

/** The routes of credential types and accreditations. */
export const TRUST_PATHS: Readonly<Record<string, { readonly get: Operation }>> = {
  "/types": read({ operationId: "types", summary: "The credential types of the network, oldest first" }, "Types"),
  "/types/{id}": read(
    {
      operationId: "type",
      summary: "One credential type",
      parameters: [TYPE_ID],
      responses: { "404": { description: "TYPE_NOT_FOUND, or no id of a type", content: PROBLEM } },
    },
    "Type",
  ),
  "/types/{id}/accreditations": read(
    {
      operationId: "typeAccreditations",
      summary: "Who may issue a type: every accepted grant of it, with its events",
      description:
        "Oldest first, those that hold no more included: with the events anybody folds the tree as of any block, and judges it at any moment. Of more than 1 000 grants the newest are left out, and `left` counts them. Of a type that was never added there are none.",
      parameters: [TYPE_ID],
      responses: { "404": { description: "No id of a type", content: PROBLEM } },
    },
    "TypeAccreditations",
  ),
  "/accreditations/{did}": read(
    {
      operationId: "accreditations",
      summary: "What a DID may issue, each with its chain of grants to the root",
      description:
        "Grants that were not accepted are left out. With the same asOf and at, the body is the same on every node; with an asOf that stays, it never changes.",
      parameters: [DID, ...Object.entries(OPTIONS).map(([name, schema]) => ({ name, in: "query", schema }))],
      responses: {
        "501": {
          description: "FEATURE_NOT_SUPPORTED or METHOD_NOT_SUPPORTED: a DID of another network",
          content: PROBLEM,
        },
      },
    },
    "Accreditations",
  ),
  "/issuers/{did}": read(
    {
      operationId: "issuer",
      summary: "All that a verifier needs of an issuer, whole and as of one block",
      description:
        "Every event of its DID as the chain has it, so that keys that ran out or were revoked are judged too; the grants that it accepted, with all links above them; its status lists. Of a DID that was never written all of them are empty.",
      parameters: [DID],
      responses: {
        "501": {
          description: "FEATURE_NOT_SUPPORTED or METHOD_NOT_SUPPORTED: a DID of another network",
          content: PROBLEM,
        },
      },
    },
    "Issuer",
  ),
};
