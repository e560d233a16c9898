import { json, LISTENER, type Operation, PROBLEM } from "./operation.ts";

const HEADERS = {
  ETag: { description: "Weak: the block of the envelope", schema: { type: "string" } },
  "cache-control": { description: "A copy has to be checked", schema: { type: "string" } },
  "mapae-as-of": { description: "Number, hash and time of the block of the envelope", schema: { type: "string" } },
};

const DID = {
  name: "did",
  in: "path",
  required: true,
  description: "A DID of the network",
  schema: { type: "string", pattern: "^did:mapae:(?:local|[a-z][a-z0-9]{0,15}-[0-9a-f]{8}):0x[0-9a-f]{40}$" },
};
const LIST_NUMBER = "^(?:0|[1-9][0-9]{0,77})$";

function read(operation: Pick<Operation, "operationId" | "summary"> & Partial<Operation>): { readonly get: Operation } {
  return {
    get: {
      description:
        "Of the newest block that can be proven. What does not exist is proven not to, with status 200. The format is in docs/proofs.md.",
      ...operation,
      responses: {
        ...LISTENER,
        "200": { description: "An envelope", headers: HEADERS, content: json("Envelope") },
        "304": { description: "The envelope is of the block of the ETag", headers: HEADERS },
        "400": { description: "INVALID_DID, INVALID_OPTIONS, or no HTTP request", content: PROBLEM },
        "404": { description: "NO_ROUTE: the path names nothing that can be proven", content: PROBLEM },
        "501": {
          description: "FEATURE_NOT_SUPPORTED: a DID of another network, or the network's blocks have no seals",
          content: PROBLEM,
        },
        "503": { description: "UNAVAILABLE: it can't be proven now. Never an absence", content: PROBLEM },
      },
    },
  };
}

/** The routes of envelopes. */
export const PROOF_PATHS: Readonly<Record<string, { readonly get: Operation }>> = {
  "/proofs/dids/{did}": read({
    operationId: "proveDid",
    summary: "All that was ever written of a DID",
    parameters: [DID],
  }),
  "/proofs/accreditations/{did}": read({
    operationId: "proveAccreditation",
    summary:
      "A DID, a type, all grants of it that the DID accepted with all links above, and one of its lists if it is named",
    parameters: [
      DID,
      {
        name: "type",
        in: "query",
        required: true,
        description: "URI of a credential type, or its id",
        schema: { type: "string", pattern: "^[!-~]+$", maxLength: 200 },
      },
      {
        name: "list",
        in: "query",
        description: "Number of one of the DID's status lists, which is proven whole",
        schema: { type: "string", pattern: LIST_NUMBER },
      },
    ],
  }),
  "/proofs/status-lists/{issuer}/{number}": read({
    operationId: "proveList",
    summary: "A status list, whole",
    parameters: [
      {
        name: "issuer",
        in: "path",
        required: true,
        description: "The issuer's address",
        schema: { type: "string", pattern: "^0x[0-9a-f]{40}$" },
      },
      {
        name: "number",
        in: "path",
        required: true,
        description: "Number of the list",
        schema: { type: "string", pattern: LIST_NUMBER },
      },
    ],
  }),
};
