import type { SCHEMAS } from "./schemas.ts";

/** The part of an OpenAPI 3.1 operation that is used here. */
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly object[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, ResponseObject>>;
}

export interface ResponseObject {
  readonly description: string;
  readonly headers?: object;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

export const ref = (name: keyof typeof SCHEMAS) => ({ $ref: `#/components/schemas/${name}` });
export const json = (schema: keyof typeof SCHEMAS) => ({ "application/json": { schema: ref(schema) } });

/** An answer with problem details. */
export const PROBLEM = { "application/problem+json": { schema: ref("Problem") } };

/** The header that says after how many seconds to ask again. */
const LATER = {
  headers: { "Retry-After": { description: "In seconds", schema: { type: "integer" } } },
  content: PROBLEM,
};

/** Answers that the listener gives before routing. */
export const LISTENER: Operation["responses"] = {
  "400": { description: "No HTTP request", content: PROBLEM },
  "405": { description: "Another HTTP method than those of the route, which `Allow` names", content: PROBLEM },
  "408": { description: "The request took too long to send", content: PROBLEM },
  "414": { description: "The request target is too long", content: PROBLEM },
  "429": { description: "TOO_MANY_REQUESTS: the client asks for more at once than its share", ...LATER },
  "431": { description: "The headers are too large", content: PROBLEM },
  "500": { description: "A fault of the node", content: PROBLEM },
  "503": { description: "UNAVAILABLE: as many requests as can be are being answered", ...LATER },
};

/** Headers of all answers that hold as of a block. */
export const AS_OF_HEADERS = {
  ETag: { description: "Weak: neither the block nor the moment is in it", schema: { type: "string" } },
  "mapae-as-of": {
    description: "Number, hash and time of the block that the answer holds as of",
    schema: { type: "string" },
  },
  "mapae-at": { description: "The moment that the answer judges", schema: { type: "string", format: "date-time" } },
  "mapae-finalized": { description: "Whether that block stays", schema: { enum: ["true", "false"] } },
  "mapae-stale": { description: "On answers of a node whose newest block is old", schema: { const: "true" } },
};
