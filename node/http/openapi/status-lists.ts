import { MEDIA_TYPES } from "../../lists/served-list.ts";
import { STATUS_LISTS } from "../lists/status-lists.ts";
import { address, listNumber } from "./json-schema.ts";
import { get, inPath, json, type Paths, refusal } from "./operation.ts";

const UNAVAILABLE = refusal("UNAVAILABLE: the node has no valid signed list now");
const KEEP = { "cache-control": { description: "How long a copy can be kept", schema: { type: "string" } } };
const ETAG = { ...KEEP, etag: { description: "Depends on the signed bytes", schema: { type: "string" } } };

function list(operationId: string, summary: string, types: readonly string[]) {
  return get({
    operationId,
    summary,
    description: "The answer is always the whole list, so that a request does not tell which credential is checked.",
    parameters: [
      inPath("issuer", { ...address, description: "Address of the list's issuer, in lower case" }),
      inPath("number", { ...listNumber, description: "Number of the list among those of its issuer" }),
    ],
    responses: {
      "200": {
        description: "The signed list",
        headers: ETAG,
        content: Object.fromEntries(types.map((type) => [type, { schema: {} }])),
      },
      "304": { description: "The list has not changed since the ETag", headers: ETAG },
      "404": refusal("LIST_NOT_FOUND; or LIST_NOT_SIGNED_HERE: neither this node nor one that it asks signs the list"),
      "406": refusal("LIST_MEDIA_TYPE: `Accept` does not allow the media types of the list"),
      "501": refusal("LIST_HISTORY: the list of a past moment was asked for, and only the newest one is signed"),
      "503": UNAVAILABLE,
    },
  });
}

const PATH = `${STATUS_LISTS}/{issuer}/{number}`;

/** The routes of signed status lists. */
export const STATUS_LIST_PATHS: Paths = {
  [STATUS_LISTS]: get({
    operationId: "statusLists",
    summary: "The status lists that this node signs (Token Status List, aggregation)",
    responses: {
      "200": { description: "The URIs of the lists", headers: KEEP, content: json("StatusLists") },
      "503": UNAVAILABLE,
    },
  }),
  [PATH]: list("statusList", "Revocations and suspensions, as a Token Status List", MEDIA_TYPES.token),
  [`${PATH}/revocation`]: list("revocations", "Revocations, as a Bitstring Status List", MEDIA_TYPES.revocation),
  [`${PATH}/suspension`]: list("suspensions", "Suspensions, as a Bitstring Status List", MEDIA_TYPES.suspension),
};
