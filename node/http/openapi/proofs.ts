import { address, did, listNumber, typeName } from "./json-schema.ts";
import { get, inPath, inQuery, json, type Operation, type Paths, refusal } from "./operation.ts";

const HEADERS = {
  ETag: { description: "A weak ETag, which depends on the block of the envelope", schema: { type: "string" } },
  "cache-control": { description: "Says that a cached copy has to be validated", schema: { type: "string" } },
  "mapae-as-of": { description: "Number, hash and time of the block of the envelope", schema: { type: "string" } },
};

const DID = inPath("did", { ...did, description: "A DID of the network" });

function envelope(operation: Omit<Operation, "description" | "responses">) {
  return get({
    ...operation,
    description:
      "The envelope is of the newest block that can be proven. If a subject does not exist, the envelope proves that, with status 200. The format is described in docs/proofs.md.",
    responses: {
      "200": { description: "An envelope", headers: HEADERS, content: json("Envelope") },
      "304": { description: "The envelope is of the block of the ETag", headers: HEADERS },
      "400": refusal("INVALID_DID or INVALID_OPTIONS; or the request is no valid HTTP"),
      "404": refusal("NO_ROUTE: the path names nothing that can be proven"),
      "501": refusal("FEATURE_NOT_SUPPORTED: the DID is of another network, or the network's blocks have no seals"),
      "503": refusal("UNAVAILABLE: the node can't make a proof now. It does not say that something does not exist"),
    },
  });
}

/** The routes of envelopes. */
export const PROOF_PATHS: Paths = {
  "/proofs/dids/{did}": envelope({
    operationId: "proveDid",
    summary: "An envelope that proves every event of a DID",
    parameters: [DID],
  }),
  "/proofs/accreditations/{did}": envelope({
    operationId: "proveAccreditation",
    summary:
      "An envelope that proves a DID, a credential type, all grants of that type that the DID accepted with every link above them, and one status list of the DID if it is named",
    parameters: [
      DID,
      { ...inQuery("type", typeName), required: true },
      inQuery("list", {
        ...listNumber,
        description: "Number of a status list of the DID. The whole list is proven",
      }),
    ],
  }),
  "/proofs/status-lists/{issuer}/{number}": envelope({
    operationId: "proveList",
    summary: "An envelope that proves a whole status list",
    parameters: [
      inPath("issuer", { ...address, description: "The issuer's address" }),
      inPath("number", { ...listNumber, description: "Number of the list" }),
    ],
  }),
};
