import { address, did, listNumber, typeName } from "./json-schema.ts";
import { get, inPath, inQuery, json, type Operation, type Paths, refusal } from "./operation.ts";

const HEADERS = {
  ETag: { description: "Weak: the block of the envelope", schema: { type: "string" } },
  "cache-control": { description: "A copy has to be checked", schema: { type: "string" } },
  "mapae-as-of": { description: "Number, hash and time of the block of the envelope", schema: { type: "string" } },
};

const DID = inPath("did", { ...did, description: "A DID of the network" });

function envelope(operation: Omit<Operation, "description" | "responses">) {
  return get({
    ...operation,
    description:
      "Of the newest block that can be proven. What does not exist is proven not to, with status 200. The format is in docs/proofs.md.",
    responses: {
      "200": { description: "An envelope", headers: HEADERS, content: json("Envelope") },
      "304": { description: "The envelope is of the block of the ETag", headers: HEADERS },
      "400": refusal("INVALID_DID, INVALID_OPTIONS, or no HTTP request"),
      "404": refusal("NO_ROUTE: the path names nothing that can be proven"),
      "501": refusal("FEATURE_NOT_SUPPORTED: a DID of another network, or the network's blocks have no seals"),
      "503": refusal("UNAVAILABLE: it can't be proven now. Never an absence"),
    },
  });
}

/** The routes of envelopes. */
export const PROOF_PATHS: Paths = {
  "/proofs/dids/{did}": envelope({
    operationId: "proveDid",
    summary: "All that was ever written of a DID",
    parameters: [DID],
  }),
  "/proofs/accreditations/{did}": envelope({
    operationId: "proveAccreditation",
    summary:
      "A DID, a type, all grants of it that the DID accepted with all links above, and one of its lists if it is named",
    parameters: [
      DID,
      { ...inQuery("type", typeName), required: true },
      inQuery("list", {
        ...listNumber,
        description: "Number of one of the DID's status lists, which is proven whole",
      }),
    ],
  }),
  "/proofs/status-lists/{issuer}/{number}": envelope({
    operationId: "proveList",
    summary: "A status list, whole",
    parameters: [
      inPath("issuer", { ...address, description: "The issuer's address" }),
      inPath("number", { ...listNumber, description: "Number of the list" }),
    ],
  }),
};
