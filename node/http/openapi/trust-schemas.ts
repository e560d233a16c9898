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
  description:
    "The last block that changed anything, at or below the block as of which the answer holds; null when there is none",
  oneOf: [members({ block: whole, hash, time: dateTime }), { type: "null" }],
};

const linkOf = (label: object) =>
  members({
    grantId: hash,
    typeId: hash,
    subject: { ...address, description: "The address in the DID to which the grant was given" },
    number: whole,
    parent: { ...orNull(hash), description: "Id of the grant above; null for a root, which governance granted" },
    created: place,
    notBefore: whole,
    notAfter: { ...whole, description: "The first second at which the grant has expired" },
    mayGrant: boolean,
    label,
    accepted: { oneOf: [place, { type: "null" }] },
    withdrawnFrom: {
      ...orNull(whole),
      description: "The first second at which the grant no longer holds because it was withdrawn; null when it was not",
    },
    deactivatedAt: { ...orNull(whole), description: "When the subject's DID was deactivated; null when it was not" },
    events: whole,
    head: { ...hash, description: "Head of the grant in the registry: the hash over all of its events" },
  });

const link = linkOf({ ...orNull(text), description: "The label as text; null when it can't be shown" });
const linkInBytes = linkOf({
  type: "string",
  pattern: "^0x([0-9a-f]{2})*$",
  description: "The bytes of the label",
});

const log = members({
  block: whole,
  blockHash: hash,
  time: { ...whole, description: "Time of the log's block" },
  transaction: hash,
  logIndex: whole,
  topics: { type: "array", items: hash, maxItems: 4 },
  data: { type: "string", pattern: "^0x(?:[0-9a-f]{2})*$" },
});

const accreditation = members({
  grantId: hash,
  typeId: hash,
  holds: { ...boolean, description: "Whether the grant and every link above it hold at `at`" },
  "reason?": { enum: ["pending", "notYetValid", "expired", "withdrawn", "void", "deactivated"] },
  "link?": { ...hash, description: "The link at which the reason was found" },
  chain: { type: "array", items: link, minItems: 1, description: "The links from the grant up to the root" },
});

const list = members({
  list: hash,
  typeId: hash,
  size: whole,
  closed: boolean,
  closedAt: orNull(whole),
  number: listNumber,
  baseUri: { ...orNull(text), description: "null when the bytes that were written are not valid UTF-8" },
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
    left: { ...whole, description: "How many newer grants are left out of `accreditations`" },
  }),
  Changes: members({
    changes: listOf(change),
    next: { ...orNull(text), description: "The value of `before` for the next page; null when there is none" },
  }),
  Accreditations: members(
    { asOf, at: dateTime, did: text, accreditations: listOf(accreditation) },
    "The grants that a DID accepted. Times in them are Unix seconds",
  ),
  Issuer: members(
    {
      asOf,
      did: text,
      history: { ...listOf(log), description: "Every log of the issuer's DID, in the order of the chain" },
      accepted: { ...listOf(hash), description: "Ids of the grants that the issuer accepted" },
      grants: { ...listOf(linkInBytes), description: "The accepted grants, and every link above them" },
      lists: listOf(list),
    },
    "An issuer's keys, accreditations and lists. Times in them are Unix seconds",
  ),
};
