import { BUNDLE_MEDIA_TYPE } from "../../../resolver/proofs/bundle.ts";
import type { BUNDLE_OPTIONS } from "../bundles.ts";
import { AS_OF_HEADERS, get, type Paths, queryOf, refusal } from "./operation.ts";

const OPTIONS = {
  types: {
    type: "string",
    pattern: "^[!-~]*$",
    maxLength: 4_000,
    description: "URIs or ids of credential types, separated by commas. By default all types of the network",
  },
  since: {
    type: "integer",
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description:
      "Number of the block of a bundle of the same types: the answer is a delta with what has changed since then",
  },
} satisfies Record<(typeof BUNDLE_OPTIONS)[number], object>;

const HEADERS = {
  ETag: { description: "Depends on the bytes of the bundle", schema: { type: "string" } },
  "mapae-as-of": AS_OF_HEADERS["mapae-as-of"],
};

/** The route of bundles. */
export const BUNDLE_PATHS: Paths = {
  "/bundles": get({
    operationId: "bundles",
    summary: "A bundle: one file with all that a verifier without a network needs, and its proofs",
    description:
      "The bundle holds as of the newest block that can be proven. Its format, JSON compressed with gzip, is described in docs/offline.md.",
    parameters: queryOf(OPTIONS),
    responses: {
      "200": {
        description: "A bundle, or a delta",
        headers: HEADERS,
        content: { [BUNDLE_MEDIA_TYPE]: { schema: { type: "string", format: "binary" } } },
      },
      "204": { description: "No block after `since` can be proven yet" },
      "304": { description: "The bundle has not changed since the ETag", headers: HEADERS },
      "400": refusal("INVALID_OPTIONS; or the request is no valid HTTP"),
      "501": refusal("FEATURE_NOT_SUPPORTED: the network's blocks have no seals"),
      "503": refusal("UNAVAILABLE: no block can be proven now"),
    },
  }),
};
