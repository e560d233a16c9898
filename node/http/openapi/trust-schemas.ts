const text = { type: "string" };
const hash = { type: "string", pattern: "^0x[0-9a-f]{64}$" };
const address = { type: "string", pattern: "^0x[0-9a-f]{40}$" };
const dateTime = { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z$" };
const whole = { type: "integer", minimum: 0 };
const orNull = (schema: { readonly type: string }) => ({ ...schema, type: [schema.type, "null"] });

/** Schema of an object with exactly these members. */
function all(properties: Readonly<Record<string, object>>, more: { optional?: string[]; description?: string } = {}) {
  const { optional = [], description } = more;
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: "object", ...(description && { description }), required, properties, additionalProperties: false };
}

const moment = all({ block: whole, time: whole });

const asOf = {
  description: "The last block that changed anything, up to the one whose knowledge is used; null when none did",
  oneOf: [all({ block: whole, hash, time: dateTime }), { type: "null" }],
};

const linkOf = (label: object) =>
  all({
    grantId: hash,
    typeId: hash,
    subject: { ...address, description: "The address in the DID that was accredited" },
    number: whole,
    parent: { ...orNull(hash), description: "The grant above; null at a root, which governance granted" },
    created: moment,
    notBefore: whole,
    notAfter: { ...whole, description: "The first second that is no longer part of it" },
    mayGrant: { type: "boolean" },
    label,
    accepted: { oneOf: [moment, { type: "null" }] },
    withdrawnFrom: { ...orNull(whole), description: "The first second at which it no longer holds, by its withdrawal" },
    deactivatedAt: { ...orNull(whole), description: "When the subject's DID was deactivated" },
    events: whole,
    head: { ...hash, description: "Its head in the registry: the fold of all of its events" },
  });

const link = linkOf({ ...orNull(text), description: "Its text, where it may be shown" });
const linkInBytes = linkOf({
  type: "string",
  pattern: "^0x([0-9a-f]{2})*$",
  description: "The bytes that were written",
});

const log = all({
  block: whole,
  blockHash: hash,
  time: { ...whole, description: "That of its block" },
  transaction: hash,
  logIndex: whole,
  topics: { type: "array", items: hash, maxItems: 4 },
  data: { type: "string", pattern: "^0x(?:[0-9a-f]{2})*$" },
});

const accreditation = all(
  {
    grantId: hash,
    typeId: hash,
    holds: { type: "boolean", description: "Whether it and every link above it hold at that moment" },
    reason: { enum: ["pending", "notYetValid", "expired", "withdrawn", "void", "deactivated"] },
    link: { ...hash, description: "The link at which the reason was found" },
    chain: { type: "array", items: link, minItems: 1, description: "From the grant up to the root" },
  },
  { optional: ["reason", "link"] },
);

const list = all({
  list: hash,
  typeId: hash,
  size: whole,
  closed: { type: "boolean" },
  closedAt: orNull(whole),
  number: { type: "string", pattern: "^(?:0|[1-9][0-9]{0,77})$" },
  baseUri: { ...orNull(text), description: "null when what was written is no UTF-8" },
  head: hash,
});

/** Schemas of the answers of the trust routes. Times in types and grants are Unix seconds, as on the chain. */
export const TRUST_SCHEMAS = {
  CredentialType: all({
    typeId: { ...hash, description: "keccak256 of the URI" },
    uri: text,
    schemaUri: text,
    schemaHash: { ...hash, description: "keccak256 of the schema's bytes" },
    added: moment,
    head: hash,
  }),
  Types: all({ asOf, types: { type: "array", items: { $ref: "#/components/schemas/CredentialType" } } }),
  Type: all({ asOf, type: { $ref: "#/components/schemas/CredentialType" } }),
  TypeAccreditations: all({
    asOf,
    type: hash,
    accreditations: {
      type: "array",
      items: {
        ...link,
        required: [...link.required, "history"],
        properties: { ...link.properties, history: { type: "array", items: log, minItems: 1 } },
      },
    },
    left: { ...whole, description: "How many newer grants there are besides" },
  }),
  Changes: all({
    changes: {
      type: "array",
      items: all(
        {
          block: whole,
          blockHash: hash,
          time: dateTime,
          transaction: hash,
          logIndex: whole,
          kind: { enum: ["did", "type", "grant", "list"] },
          subject: { type: "string", pattern: "^0x(?:[0-9a-f]{40}|[0-9a-f]{64})$" },
          type: text,
          did: text,
          uri: text,
          typeId: hash,
          label: orNull(text),
          issuer: address,
          number: text,
          revoked: { ...whole, description: "How many entries of a list were revoked" },
          suspended: whole,
          reinstated: whole,
        },
        { optional: ["did", "uri", "typeId", "label", "issuer", "number", "revoked", "suspended", "reinstated"] },
      ),
    },
    next: { ...orNull(text), description: "`before` of the next page; null at the log's beginning" },
  }),
  Accreditations: all(
    { asOf, at: dateTime, did: text, accreditations: { type: "array", items: accreditation } },
    { description: "The grants that a DID accepted. Times in them are Unix seconds" },
  ),
  Issuer: all(
    {
      asOf,
      did: text,
      history: { type: "array", items: log, description: "Every log of its DID, in the chain's order" },
      accepted: { type: "array", items: hash, description: "Ids of the grants that it accepted" },
      grants: { type: "array", items: linkInBytes, description: "Those, and every link above them" },
      lists: { type: "array", items: list },
    },
    { description: "An issuer's keys, accreditations and lists. Times in them are Unix seconds" },
  ),
};

/** A moment in a request, in UTC. In addition to the pattern, `format` requires that the day exists. */
export const MOMENT = {
  type: "string",
  format: "date-time",
  pattern: "^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$",
};
