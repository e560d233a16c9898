import {
  address,
  boolean,
  dateTime,
  hash,
  listNumber,
  listOf,
  members,
  orNull,
  subjectId,
  subjectKind,
  text,
  whole,
} from "./json-schema.ts";

/** A block, and its time in Unix seconds. */
const place = members({ block: whole, time: whole });

const asOf = {
  description: "The last block that changed anything, up to the one whose knowledge is used; null when none did",
  oneOf: [members({ block: whole, hash, time: dateTime }), { type: "null" }],
};

const linkOf = (label: object) =>
  members({
    grantId: hash,
    typeId: hash,
    subject: { ...address, description: "The address in the DID that was accredited" },
    number: whole,
    parent: { ...orNull(hash), description: "The grant above; null at a root, which governance granted" },
    created: place,
    notBefore: whole,
    notAfter: { ...whole, description: "The first second that is no longer part of it" },
    mayGrant: boolean,
    label,
    accepted: { oneOf: [place, { type: "null" }] },
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

const log = members({
  block: whole,
  blockHash: hash,
  time: { ...whole, description: "That of its block" },
  transaction: hash,
  logIndex: whole,
  topics: { type: "array", items: hash, maxItems: 4 },
  data: { type: "string", pattern: "^0x(?:[0-9a-f]{2})*$" },
});

const accreditation = members({
  grantId: hash,
  typeId: hash,
  holds: { ...boolean, description: "Whether it and every link above it hold at that moment" },
  "reason?": { enum: ["pending", "notYetValid", "expired", "withdrawn", "void", "deactivated"] },
  "link?": { ...hash, description: "The link at which the reason was found" },
  chain: { type: "array", items: link, minItems: 1, description: "From the grant up to the root" },
});

const list = members({
  list: hash,
  typeId: hash,
  size: whole,
  closed: boolean,
  closedAt: orNull(whole),
  number: listNumber,
  baseUri: { ...orNull(text), description: "null when what was written is no UTF-8" },
  head: hash,
});

const change = members({
  block: whole,
  blockHash: hash,
  time: dateTime,
  transaction: hash,
  logIndex: whole,
  kind: subjectKind,
  subject: subjectId,
  type: text,
  "did?": text,
  "uri?": text,
  "typeId?": hash,
  "label?": orNull(text),
  "issuer?": address,
  "number?": text,
  "revoked?": { ...whole, description: "How many entries of a list were revoked" },
  "suspended?": whole,
  "reinstated?": whole,
});

/** Schemas of the answers of the trust routes. Times in types and grants are Unix seconds, as on the chain. */
export const TRUST_SCHEMAS = {
  CredentialType: members({
    typeId: { ...hash, description: "keccak256 of the URI" },
    uri: text,
    schemaUri: text,
    schemaHash: { ...hash, description: "keccak256 of the schema's bytes" },
    added: place,
    head: hash,
  }),
  Types: members({ asOf, types: listOf({ $ref: "#/components/schemas/CredentialType" }) }),
  Type: members({ asOf, type: { $ref: "#/components/schemas/CredentialType" } }),
  TypeAccreditations: members({
    asOf,
    type: hash,
    accreditations: listOf({
      ...link,
      required: [...link.required, "history"],
      properties: { ...link.properties, history: { type: "array", items: log, minItems: 1 } },
    }),
    left: { ...whole, description: "How many newer grants there are besides" },
  }),
  Changes: members({
    changes: listOf(change),
    next: { ...orNull(text), description: "`before` of the next page; null at the log's beginning" },
  }),
  Accreditations: members(
    { asOf, at: dateTime, did: text, accreditations: listOf(accreditation) },
    "The grants that a DID accepted. Times in them are Unix seconds",
  ),
  Issuer: members(
    {
      asOf,
      did: text,
      history: { ...listOf(log), description: "Every log of its DID, in the chain's order" },
      accepted: { ...listOf(hash), description: "Ids of the grants that it accepted" },
      grants: { ...listOf(linkInBytes), description: "Those, and every link above them" },
      lists: listOf(list),
    },
    "An issuer's keys, accreditations and lists. Times in them are Unix seconds",
  ),
};
