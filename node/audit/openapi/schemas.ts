import { PROBLEM_CODES } from "../../http/problem.ts";
import { AUDIT_ERROR_CODES } from "../audit-error.ts";
import { CHANGE_TYPES } from "../changes/change.ts";

/** Schemas of strings. */
export const pattern = {
  address: { type: "string", pattern: "^0x[0-9a-f]{40}$" },
  hash: { type: "string", pattern: "^0x[0-9a-f]{64}$" },
  dateTime: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z$" },
} as const;

const text = { type: "string" };
const flag = { type: "boolean" };
const whole = { type: "integer", minimum: 0 };
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const listOf = (items: object) => ({ type: "array", items });
const id = { type: "string", pattern: "^0x(?:[0-9a-f]{40}|[0-9a-f]{64})$" };
const kind = { enum: Object.keys(CHANGE_TYPES) };
const { address, hash, dateTime } = pattern;

/** Schema of an object with exactly these members. Those whose name ends with a question mark are optional. */
function members(all: Readonly<Record<string, object>>): object {
  const names = Object.keys(all).map((name) => name.replace("?", ""));
  const properties = Object.fromEntries(Object.values(all).map((schema, at) => [names[at], schema]));
  const required = Object.keys(all).filter((name) => !name.endsWith("?"));
  return { type: "object", required, properties, additionalProperties: false };
}

const evidence = { block: whole, blockHash: hash, time: dateTime, transaction: hash, logIndex: whole };
const answerMembers = { asOf: ref("AsOf"), at: dateTime };

/** JSON Schemas (2020-12) of the answers of the audit listener. */
export const AUDIT_SCHEMAS = {
  AsOf: members({ block: whole, hash, time: dateTime, finalized: flag }),
  Change: members({
    ...evidence,
    kind,
    subject: id,
    type: { enum: Object.values(CHANGE_TYPES).flat() },
    actor: address,
    details: { type: "object" },
  }),
  Page: members({
    asOf: ref("AsOf"),
    roots: members({ did: hash, trust: hash, status: hash }),
    "head?": hash,
    changes: listOf(ref("Change")),
    next: { type: ["string", "null"] },
  }),
  Head: members({ registry: address, subject: hash, head: hash, ...evidence }),
  Status: { enum: ["valid", "suspended", "revoked"] },
  StatusChange: members({ status: ref("Status"), actor: address, reason: hash, ...evidence }),
  StatusAnswer: members({
    ...answerMembers,
    list: hash,
    issuer: address,
    number: text,
    index: whole,
    status: ref("Status"),
    revoked: flag,
    suspended: flag,
    madeSo: { anyOf: [ref("StatusChange"), { type: "null" }] },
    changes: listOf(ref("StatusChange")),
    closed: flag,
    head: ref("Head"),
  }),
  TrustAnswer: members({
    verdict: { enum: ["valid", "invalid", "unknown"] },
    status: { enum: ["none", "valid", "invalid", "unknown"] },
    "reason?": text,
    "grant?": text,
    ...answerMembers,
    chain: listOf({ type: "object", required: ["grantId", "typeId", "subject", "parent", "head"] }),
    changes: listOf(ref("StatusChange")),
    heads: listOf(ref("Head")),
  }),
  WritersAnswer: members({
    ...answerMembers,
    kind,
    subject: id,
    writers: listOf(
      members({
        account: address,
        as: { enum: ["owner", "lastOwner", "delegate", "roots", "council", "admin", "proposer", "seatHolder"] },
        of: address,
        "since?": members(evidence),
        "until?": dateTime,
        may: listOf(text),
      }),
    ),
    heads: listOf(ref("Head")),
  }),
  Problem: members({
    type: text,
    title: text,
    status: { type: "integer", minimum: 400, maximum: 599 },
    detail: text,
    code: { enum: [...PROBLEM_CODES, ...AUDIT_ERROR_CODES] },
  }),
  OpenApi: { type: "object", required: ["openapi", "info", "paths"], properties: { openapi: { const: "3.1.0" } } },
};
