import { join } from "node:path";
import { z } from "zod";
import { type Address, ZERO_ADDRESS } from "../../../resolver/primitives/hex.ts";
import type { DidChange } from "../../did/change.ts";
import { parseKey, parsePurpose, setKey } from "../../did/key-input.ts";
import { setService } from "../../did/service-input.ts";
import { readJsonFile } from "../../files/json-file.ts";
import { REPOSITORY } from "../../files/repository.ts";
import { parseDuration } from "../../values/duration.ts";
import { developmentAccount } from "../accounts.ts";

/** Longest file of the demo, in bytes. */
const MAX_DEMO_BYTES = 1_048_576;

const text = z.string().min(1);
const account = z.int().min(0).max(19);
const service = z.strictObject({ type: text, fragment: text, endpoint: text });
const changeSchema = z.union([
  z.strictObject({ key: text, purpose: text, validFor: text }),
  z.strictObject({ revokeKey: text, purpose: text }),
  z.strictObject({ service, validFor: text }),
  z.strictObject({ owner: account }),
  z.strictObject({ deactivate: z.literal(true) }),
]);

const demoSchema = z.strictObject({
  /** Public JWKs by name; their private halves do not exist. */
  keys: z.record(z.string(), z.unknown()),
  /** Keys that are created at each start, by name, with which a DID signs its lists and credentials. */
  signers: z.array(z.strictObject({ issuer: account, key: text, algorithm: z.enum(["ES256", "ML-DSA-44"]) })),
  /**
   * DIDs to write. `account` is the number of a Hardhat development account; each version is one transaction in its own block.
   */
  dids: z.array(
    z.strictObject({
      role: text,
      special: text,
      account,
      status: z.int(),
      versions: z.array(z.array(changeSchema).min(1)),
    }),
  ),
  /** Credential types, and purposes of verifiers; `document` is a file in `types/`, which a node serves at the URI. */
  types: z.array(z.strictObject({ name: text, uri: text, document: text })),
  /** Accreditations of DIDs by account, a parent before its children; those without a parent are roots. */
  grants: z.array(
    z.strictObject({
      name: text,
      parent: text.optional(),
      type: text,
      to: account,
      startedAgo: text,
      validFor: text,
      mayGrant: z.boolean(),
      label: text,
      withdrawnAgo: text.optional(),
    }),
  ),
  /** Status lists of DIDs by account; `revoked` and `suspended` are indexes in them. */
  lists: z.array(
    z.strictObject({
      issuer: account,
      number: z.int().min(0),
      size: z.int(),
      type: text,
      revoked: z.array(z.int().min(0)),
      suspended: z.array(z.int().min(0)),
    }),
  ),
  /** DIDs that ask for credentials, by account, with the type of their purpose; their keys are created at each start. */
  verifiers: z.array(z.strictObject({ name: text, account, purpose: text })),
  /**
   * Credentials by a signer's key, at an index of its issuer's list 0; `verdict` is the verdict of `mapae verify`, `outcome` that of
   * a gate with a new bundle, where it has another reason: a bundle does not prove that a DID has no grant of a type.
   */
  credentials: z.array(
    z.strictObject({
      name: z.string().regex(/^[a-z0-9-]+$/),
      key: text,
      type: text,
      format: z.enum(["sd-jwt", "vc-jwt"]),
      index: z.int().min(0),
      verdict: text,
      outcome: text.optional(),
    }),
  ),
  /** DIDs that are not written, for the other answers of a node. */
  others: z.array(z.strictObject({ did: text, role: text, special: text, status: z.int() })),
});

/** The demo consortium, as `demo.json` describes it. */
export type Demo = z.output<typeof demoSchema>;
type DemoChange = z.output<typeof changeSchema>;

/** @throws CliError `INVALID_INPUT` naming what is wrong in the file. */
export function readDemo(): Promise<Demo> {
  const path = join(REPOSITORY, "cli", "local", "demo", "demo.json");
  return readJsonFile(demoSchema, { path, what: "demo", maxBytes: MAX_DEMO_BYTES });
}

/** A change of the demo in the form for the registry. */
export function toDidChange(change: DemoChange, keys: Demo["keys"]): DidChange {
  if ("deactivate" in change) return { kind: "changeOwner", owner: ZERO_ADDRESS };
  if ("owner" in change) return { kind: "changeOwner", owner: developmentAccount(change.owner).address };
  if ("service" in change) return setService(change.service, parseDuration(change.validFor));
  const name = "key" in change ? change.key : change.revokeKey;
  const set = setKey(
    parseKey(keys[name]),
    parsePurpose(change.purpose),
    "key" in change ? parseDuration(change.validFor) : 0,
  );
  if ("key" in change || set.kind !== "setAttribute") return set;
  return { kind: "revokeAttribute", name: set.name, value: set.value };
}

/** The number of the account that owns a DID after its last version; the last owner of one that is deactivated. */
export function ownerAfter({ account, versions }: Demo["dids"][number]): number {
  return versions.flat().reduce((owner, change) => ("owner" in change ? change.owner : owner), account);
}

/** The URI of a type of the demo. */
export function typeUriOf({ types }: Pick<Demo, "types">, name: string): string {
  const type = types.find((one) => one.name === name);
  if (type === undefined) throw new Error(`The demo has no type ${name}`);
  return type.uri;
}

/** The address of a DID of the demo. */
export function identityOf({ account }: Demo["dids"][number]): Address {
  return developmentAccount(account).address;
}
