import type { ACCREDITATION_OPTIONS } from "../trust/trust.ts";
import { did, hash, moment, typeName } from "./json-schema.ts";
import { AS_OF_HEADERS, get, inPath, json, type Operation, type Paths, queryOf, refusal } from "./operation.ts";
import type { SCHEMAS } from "./schemas.ts";

const KEEP = { "cache-control": { description: "Whether a copy has to be checked", schema: { type: "string" } } };
const HEADERS = { ...AS_OF_HEADERS, ...KEEP };

const OPTIONS = {
  type: { ...typeName, description: `${typeName.description}; all when it is not given` },
  at: {
    ...moment,
    description: "The moment to judge; by default now, or with asOf the time of the block in the answer",
  },
  asOf: {
    type: "integer",
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: "Number of the block whose knowledge is used; by default the newest",
  },
} satisfies Record<(typeof ACCREDITATION_OPTIONS)[number], object>;

const TYPE_ID = inPath("id", { ...hash, description: "keccak256 of the type's URI" });
const DID = inPath("did", { ...did, description: "The DID of an issuer, or of an authority that accredits issuers" });
const OTHER_NETWORK = refusal("FEATURE_NOT_SUPPORTED or METHOD_NOT_SUPPORTED: a DID of another network");

function read(
  operation: Omit<Operation, "responses"> & Partial<Operation>,
  schema: keyof typeof SCHEMAS,
): Paths[string] {
  return get({
    ...operation,
    responses: {
      "200": { description: operation.summary, headers: HEADERS, content: json(schema) },
      "304": { description: "Not changed since the ETag", headers: HEADERS },
      "400": refusal("INVALID_OPTIONS, INVALID_DID, or no HTTP request"),
      ...operation.responses,
      "503": refusal("UNAVAILABLE: it can't be said now. Never an absence"),
    },
  });
}

/** The routes of credential types and accreditations. */
export const TRUST_PATHS: Paths = {
  "/types": read({ operationId: "types", summary: "The credential types of the network, oldest first" }, "Types"),
  "/types/{id}": read(
    {
      operationId: "type",
      summary: "One credential type",
      parameters: [TYPE_ID],
      responses: { "404": refusal("TYPE_NOT_FOUND, or no id of a type") },
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
      responses: { "404": refusal("No id of a type") },
    },
    "TypeAccreditations",
  ),
  "/accreditations/{did}": read(
    {
      operationId: "accreditations",
      summary: "What a DID may issue, each with its chain of grants to the root",
      description:
        "Grants that were not accepted are left out. With the same asOf and at, the body is the same on every node; with an asOf that stays, it never changes.",
      parameters: [DID, ...queryOf(OPTIONS)],
      responses: { "501": OTHER_NETWORK },
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
      responses: { "501": OTHER_NETWORK },
    },
    "Issuer",
  ),
};
