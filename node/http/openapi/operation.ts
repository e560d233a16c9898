import type { SCHEMAS } from "./schemas.ts";

/** The part of an OpenAPI 3.1 operation that is used here. */
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, ResponseObject>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly required?: true;
  readonly description?: string;
  readonly schema: { readonly $ref?: string };
}

/** A schema, and the description of what has it. */
type Described = { readonly description?: string } & Readonly<Record<string, unknown>>;

export interface ResponseObject {
  readonly description: string;
  readonly headers?: object;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

/** Routes by their paths. */
export type Paths = Readonly<Record<string, { readonly get: Operation; readonly post?: Operation }>>;

export const ref = (name: keyof typeof SCHEMAS) => ({ $ref: `#/components/schemas/${name}` });
export const json = (schema: keyof typeof SCHEMAS) => ({ "application/json": { schema: ref(schema) } });
/** Content that no schema describes further. */
export const plain = (...types: readonly string[]) =>
  Object.fromEntries(types.map((type) => [type, { schema: { type: "string" } }]));

export const inPath = (name: string, schema: Described): Parameter => ({
  ...inQuery(name, schema),
  in: "path",
  required: true,
});
export const inQuery = (name: string, { description, ...schema }: Described): Parameter => ({
  name,
  in: "query",
  ...(description && { description }),
  schema,
});
/** The options of a route by their names, with schemas that describe them. */
export const queryOf = (options: Readonly<Record<string, Described>>) =>
  Object.entries(options).map(([name, schema]) => inQuery(name, schema));

/** Content with problem details. */
export const PROBLEM = { "application/problem+json": { schema: ref("Problem") } };

/** An answer with problem details. */
export const refusal = (description: string): ResponseObject => ({ description, content: PROBLEM });

/** The header that says after how many seconds to ask again. */
const LATER = {
  "Retry-After": { description: "Number of seconds after which to ask again", schema: { type: "integer" } },
};

/** Answers that the listener gives before routing. */
export const LISTENER: Operation["responses"] = {
  "400": refusal("The request is no valid HTTP"),
  "405": refusal("The route does not have this HTTP method; `Allow` names those that it has"),
  "408": refusal("The request took too long to send"),
  "414": refusal("The request target is too long"),
  "429": { ...refusal("TOO_MANY_REQUESTS: the client has more requests under way than its share"), headers: LATER },
  "431": refusal("The headers are too large"),
  "500": refusal("A fault of the node"),
  "503": { ...refusal("UNAVAILABLE: the node answers the maximum number of requests already"), headers: LATER },
};

/** A route that is only read. Its answers include those of the listener. */
export const get = (operation: Operation): Paths[string] => ({
  get: { ...operation, responses: { ...LISTENER, ...operation.responses } },
});

/** Headers of all answers that hold as of a block. */
export const AS_OF_HEADERS = {
  ETag: {
    description: "A weak ETag, which depends on neither the block nor the moment of the answer",
    schema: { type: "string" },
  },
  "mapae-as-of": {
    description: "Number, hash and time of the block as of which the answer holds",
    schema: { type: "string" },
  },
  "mapae-at": { description: "The moment for which the answer holds", schema: { type: "string", format: "date-time" } },
  "mapae-finalized": { description: "Whether that block can no longer be undone", schema: { enum: ["true", "false"] } },
  "mapae-stale": { description: "Present when the node's newest block is old", schema: { const: "true" } },
};
