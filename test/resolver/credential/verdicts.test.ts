import assert from "node:assert/strict";
import { test } from "node:test";
import { CredentialError } from "../../../resolver/credential/credential-error.ts";
import { readCredential } from "../../../resolver/credential/read-credential.ts";
import { disclosureOf, ISSUER, judge, keyId, short, sign } from "../../helpers/credential-issuer.ts";
import vectors from "../../vectors/credentials/verdicts.json" with { type: "json" };

const ALGORITHMS = { "P-256": "ES256", Ed25519: "EdDSA", "ML-DSA-44": "ML-DSA-44" } as const;

interface Row {
  readonly name: string;
  readonly of: keyof typeof vectors.bases;
  readonly right: string;
  /** Claims that are added or replaced, and those that are left out. */
  readonly set?: Readonly<Record<string, unknown>>;
  readonly without?: readonly string[];
  readonly header?: Readonly<Record<string, unknown>>;
  readonly headerWithout?: readonly string[];
  readonly key?: keyof typeof ALGORITHMS;
  /** `{n}` in what follows, and in claims, is the digest of the n-th. */
  readonly disclosures?: readonly unknown[];
  /** What is behind the last disclosure, `~` by default. */
  readonly end?: string;
  /** All that is behind the JWT; `{jwt}` is the JWT itself. */
  readonly rest?: string;
  /** What the error's message names. */
  readonly says?: string;
  /** What the status says alone. */
  readonly status?: string;
  /** How many entries of a status are ignored. */
  readonly ignored?: number;
}

/** Signs a row by a key of the issuer. */
async function credentialOf(row: Row): Promise<string> {
  const base = vectors.bases[row.of];
  const key = row.key ?? "P-256";
  const alg = ALGORITHMS[key];
  const digests: string[] = [];
  const filled = <T>(value: T): T => {
    const text = JSON.stringify(value).replaceAll("{issuer}", ISSUER);
    return JSON.parse(text.replace(/\{(\d)\}/g, (whole, n) => digests[Number(n)] ?? whole));
  };
  const texts: string[] = [];
  for (const parts of row.disclosures ?? []) {
    const { text, digest } = disclosureOf(filled(parts));
    texts.push(text);
    digests.push(digest);
  }
  const leave = (value: object, names: readonly string[] = []) =>
    Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
  const header = leave({ alg, kid: keyId(key), ...base.header, ...filled(row.header ?? {}) }, row.headerWithout);
  const claims = { ...leave(filled(base.claims), row.without), ...filled(row.set ?? {}) };
  const jwt = await sign({ header, claims, key });
  if (row.rest !== undefined) return jwt + row.rest.replace("{jwt}", jwt);
  return row.of === "sd" ? [jwt, ...texts].join("~") + (row.end ?? "~") : jwt;
}

for (const { rule, rows } of vectors.rules) {
  for (const row of rows as readonly Row[]) {
    test(`${rule}: ${row.name}`, async () => {
      const text = await credentialOf(row);
      if (row.right.startsWith("CREDENTIAL_")) {
        await assert.rejects(judge(text), (error) => {
          assert.ok(error instanceof CredentialError, String(error));
          assert.equal(error.code, row.right, error.message);
          assert.ok(error.message.includes(row.says ?? ""), error.message);
          return true;
        });
        return;
      }
      const answer = await judge(text);
      assert.equal(short(answer), row.right);
      if (row.status !== undefined) assert.equal(answer.status, row.status);
      const { ignoredStatus } = readCredential(text);
      if (row.ignored !== undefined) assert.equal(ignoredStatus.length, row.ignored);
    });
  }
}
