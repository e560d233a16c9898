/** JSON Schemas (2020-12) of values that occur in many answers, and functions that build others from them. */

export const text = { type: "string" };
export const boolean = { type: "boolean" };
export const whole = { type: "integer", minimum: 0 };
export const address = { type: "string", pattern: "^0x[0-9a-f]{40}$" };
export const hash = { type: "string", pattern: "^0x[0-9a-f]{64}$" };
/** The id of any subject: an address for a DID, 32 bytes for the others. */
export const subjectId = { type: "string", pattern: "^0x(?:[0-9a-f]{40}|[0-9a-f]{64})$" };
export const subjectKind = { enum: ["did", "type", "grant", "list"] };
/** The DID of a network that is served. */
export const did = {
  type: "string",
  pattern: "^did:mapae:(?:local|[a-z][a-z0-9]{0,15}-[0-9a-f]{8}):0x[0-9a-f]{40}$",
};
/** The number of a list among its issuer's, which a JSON number can't hold. */
export const listNumber = { type: "string", pattern: "^(?:0|[1-9][0-9]{0,77})$" };
export const typeName = {
  type: "string",
  pattern: "^[!-~]+$",
  maxLength: 200,
  description: "URI or id of a credential type",
};
/** A moment in an answer, in UTC. */
export const dateTime = { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z$" };
/** A moment in a request, in UTC. In addition to the pattern, `format` requires that the day exists. */
export const moment = {
  type: "string",
  format: "date-time",
  pattern: "^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$",
};
export const problemStatus = { type: "integer", minimum: 400, maximum: 599 };
/** A description in OpenAPI. */
export const openApi = {
  type: "object",
  required: ["openapi", "info", "paths"],
  properties: { openapi: { const: "3.1.0" } },
};

export const orNull = (schema: { readonly type: string }) => ({ ...schema, type: [schema.type, "null"] });
export const listOf = (items: object) => ({ type: "array", items });

/** An object with exactly these members. Those whose name ends with a question mark are optional. */
export function members(all: Readonly<Record<string, object>>, description?: string) {
  const properties = Object.fromEntries(Object.entries(all).map(([name, schema]) => [name.replace("?", ""), schema]));
  const required = Object.keys(all).filter((name) => !name.endsWith("?"));
  return { type: "object", ...(description && { description }), required, properties, additionalProperties: false };
}
