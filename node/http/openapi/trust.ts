import type { ACCREDITATION_OPTIONS } from "../trust/trust.ts";
import { did, hash, moment, typeName } from "./json-schema.ts";
import { AS_OF_HEADERS, get, inPath, json, type Operation, type Paths, queryOf, refusal } from "./operation.ts";
import type { SCHEMAS } from "./schemas.ts";

const KEEP = {
  "cache-control": { description: "Whether a cached copy has to be validated", schema: { type: "string" } },
};
const HEADERS = { ...AS_OF_HEADERS, ...KEEP };

const OPTIONS = {
  type: { ...typeName, description: `${typeName.description}. By default all types` },
  at: {
    ...moment,
    description:
      "The moment for which the grants are judged. By default now, or with `asOf` the time of the block in the answer",
  },
  asOf: {
    type: "integer",
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: "Number of the block as of which the answer holds. By default the newest",
  },
} satisfies Record<(typeof ACCREDITATION_OPTIONS)[number], object>;

const TYPE_ID = inPath("id", { ...hash, description: "keccak256 of the type's URI" });
const DID = inPath("did", { ...did, description: "The DID of an issuer, or of an authority that accredits issuers" });
const OTHER_NETWORK = refusal("FEATURE_NOT_SUPPORTED or METHOD_NOT_SUPPORTED: the DID is of another network or method");

function read(
  operation: Omit<Operation, "responses"> & Partial<Operation>,
  schema: keyof typeof SCHEMAS,
): Paths[string] {
  return get({
    ...operation,
    responses: {
      "200": { description: operation.summary, headers: HEADERS, content: json(schema) },
      "304": { description: "The answer has not changed since the ETag", headers: HEADERS },
      "400": refusal("INVALID_OPTIONS or INVALID_DID; or the request is no valid HTTP"),
      ...operation.responses,
      "503": refusal("UNAVAILABLE: the node can't answer now. It does not say that something does not exist"),
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
      responses: { "404": refusal("TYPE_NOT_FOUND: no such type was added; or the path has no valid id of a type") },
    },
    "Type",
  ),
  "/types/{id}/accreditations": read(
    {
      operationId: "typeAccreditations",
      summary: "Who may issue a credential type: its accepted grants, each with its events",
      description:
        "Grants are listed oldest first, including those that no longer hold. From their events a client can compute the tree of accreditations as of any block and judge it at any moment. At most the 1 000 oldest grants are listed; `left` gives the number of newer ones. For a type that was never added the list is empty.",
      parameters: [TYPE_ID],
      responses: { "404": refusal("The path has no valid id of a type") },
    },
    "TypeAccreditations",
  ),
  "/accreditations/{did}": read(
    {
      operationId: "accreditations",
      summary: "The accreditations of a DID, each with the chain of grants up to the root",
      description:
        "Grants that the DID did not accept are left out. Every node gives the same body for the same `asOf` and `at`. If the block `asOf` can no longer be undone, the body never changes.",
      parameters: [DID, ...queryOf(OPTIONS)],
      responses: { "501": OTHER_NETWORK },
    },
    "Accreditations",
  ),
  "/issuers/{did}": read(
    {
      operationId: "issuer",
      summary: "All that a verifier needs to know of an issuer, as of one block",
      description:
        "The answer has every event of the issuer's DID as it is on the chain, so that a verifier can also judge expired and revoked keys; the grants that the issuer accepted, with every link above them; and its status lists. For a DID that was never written, all of these are empty.",
      parameters: [DID],
      responses: { "501": OTHER_NETWORK },
    },
    "Issuer",
  ),
};
