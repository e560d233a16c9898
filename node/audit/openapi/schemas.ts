import {
  address,
  boolean,
  dateTime,
  hash,
  listOf,
  members,
  openApi,
  problemStatus,
  subjectId,
  subjectKind,
  text,
  whole,
} from "../../http/openapi/json-schema.ts";
import { PROBLEM_CODES } from "../../http/problem.ts";
import { AUDIT_ERROR_CODES } from "../audit-error.ts";
import { CHANGE_TYPES } from "../changes/change.ts";

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

const evidence = { block: whole, blockHash: hash, time: dateTime, transaction: hash, logIndex: whole };
const answerMembers = { asOf: ref("AsOf"), at: dateTime };

/** JSON Schemas (2020-12) of the answers of the audit listener. */
export const AUDIT_SCHEMAS = {
  AsOf: members({ block: whole, hash, time: dateTime, finalized: boolean }),
  Change: members({
    ...evidence,
    kind: subjectKind,
    subject: subjectId,
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
    revoked: boolean,
    suspended: boolean,
    madeSo: { anyOf: [ref("StatusChange"), { type: "null" }] },
    changes: listOf(ref("StatusChange")),
    closed: boolean,
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
    kind: subjectKind,
    subject: subjectId,
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
    status: problemStatus,
    detail: text,
    code: { enum: [...PROBLEM_CODES, ...AUDIT_ERROR_CODES] },
  }),
  OpenApi: openApi,
};
