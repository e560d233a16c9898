import { SigningKey } from "ethers";
import { z } from "zod";
import { expectPublic } from "../did/key-input.ts";
import { readJsonFile } from "../files/json-file.ts";
import { CliError } from "../terminal/errors.ts";
import { accountField } from "../values/fields.ts";

/** Longest file that names a consortium's members, and longest public half of a member, in bytes. */
const MAX_CONSORTIUM_BYTES = 262_144;
const MAX_PUBLIC_BYTES = 4_096;

/** Most accounts with a balance in the genesis of a rehearsal. */
const MAX_FUNDED = 1_000;

/** Most members: each header of a QBFT chain lists them. */
const MAX_MEMBERS = 100;

/**
 * Chain ids of other chains: public networks, and the defaults of development chains. Wallets and tools would confuse them, and
 * a transaction of one chain can be replayed on another one with the same id (EIP-155).
 */
const TAKEN_CHAIN_IDS = new Set([
  ...[1, 5, 10, 17, 50, 56, 61, 100, 137, 250, 300, 324, 369, 480, 1_000, 8_453, 42_161, 42_220, 43_114, 59_144],
  ...[17_000, 560_048, 84_532, 11_155_111, 11_155_420, 421_614],
  ...[1_234, 1_337, 1_981, 2_018, 2_026, 4_444, 5_777, 7_777, 9_999, 12_345, 31_337, 123_456, 1_337_001],
]);

const id = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, "a member's id is [a-z][a-z0-9-]{0,31}");
const publicKey = z
  .string()
  .regex(/^0x[0-9a-f]{128}$/, "a public key is 0x and 128 lower-case hex digits")
  .refine(isPoint, "a public key is a point of secp256k1: a digit is wrong");
const address = z.union(
  [z.ipv4(), z.ipv6()],
  "a host is an IP address: validators find each other without a name server",
);

const publicJwk = z.record(z.string(), z.unknown());

/** The operator that attests blocks for a member, as `mapae signer new --operator` prints it. */
const operator = z.strictObject({ name: z.string().min(1).max(200), key: publicJwk });

const member = z.strictObject({
  id,
  /** Its display name. */
  name: z.string().min(1).max(200),
  /** The address at which the other members' machines reach this member's validator and node. */
  host: address,
  /** The public URL of its node. */
  url: z
    .url({ protocol: /^https$/, error: "a node's URL begins with https://" })
    .regex(/[^/]$/, "without a slash at its end"),
  port: z.int().min(1).max(65_535).default(30_303),
  /** The public key of its validator, from its `public.json`. */
  validator: publicKey.optional(),
  /** With Clique, the operator whose key attests blocks, from its `public.json`. */
  operator: operator.optional(),
});

const consortiumSchema = z.strictObject({
  /** First part of the network's name, as for `mapae network deploy`. */
  label: z.string().regex(/^(?!local$)[a-z][a-z0-9]{0,15}$/, "a label is [a-z][a-z0-9]{0,15}, and not local"),
  chainId: z
    .int()
    .min(1_000, "a chain id of your own has four digits or more")
    .refine(
      (number) => !TAKEN_CHAIN_IDS.has(number),
      "this chain id is that of another chain, or of test chains: choose another",
    ),
  /** Seconds between two blocks. */
  blockPeriod: z.int().min(1).max(60).default(1),
  /** The consensus: Besu's QBFT, or for a rehearsal geth's Clique. */
  consensus: z.enum(["qbft", "clique"]).default("qbft"),
  /** With Clique, the accounts that can pay for gas, which costs 1 wei there. */
  funded: z.array(accountField).max(MAX_FUNDED).default([]),
  /** The validators in block 0, where they differ from the members', for example because a member joined later. */
  genesisValidators: z.array(accountField).min(1).max(MAX_MEMBERS).optional(),
  members: z.array(member).min(1).max(MAX_MEMBERS),
});

/** A body whose validator seals blocks, and whose node answers. */
export type Member = z.output<typeof member>;
/** A member whose public key is known. */
export type KnownMember = Member & { readonly validator: string };
/** A consortium as its file describes it. */
export type Consortium = z.output<typeof consortiumSchema>;

/** What a member sends to the others: the public half of its validator's key, and for Clique of its operator's. */
const publicHalf = z.strictObject({ id, validator: publicKey, operator: operator.optional() });

/** What `mapae signer new --operator` or `mapae signer show` prints with `--json`. */
const operatorAnswer = z.object({ operator });

/**
 * Reads the public half of a member's operator key, which attests blocks.
 * @throws CliError `INVALID_INPUT` for another file, or another member's key.
 */
export async function readOperator(path: string, { name }: Member): Promise<Member["operator"]> {
  const file = { path, what: "public half of an operator's key", maxBytes: MAX_PUBLIC_BYTES };
  const { operator } = await readJsonFile(operatorAnswer, file);
  expectPublic(operator.key, `The operator's key in ${path}`);
  if (operator.name === name) return operator;
  throw invalid(`${path} is the key of the operator ${operator.name}, wanted that of the member ${name}`);
}

/**
 * Reads the file of the members, and the public halves that they sent.
 * @throws CliError `INVALID_INPUT` naming what is wrong, and where.
 */
export async function readConsortium(path: string, publicFiles: readonly string[]): Promise<Consortium> {
  const what = "file of the consortium";
  const consortium = await readJsonFile(consortiumSchema, { path, what, maxBytes: MAX_CONSORTIUM_BYTES });
  expectDistinct(consortium.members, path);
  if (consortium.consensus === "qbft" && consortium.funded.length > 0) {
    throw invalid(`${path} funds accounts, which only a rehearsal on Clique does: on QBFT gas costs nothing`);
  }
  const { genesisValidators: first = [] } = consortium;
  if (new Set(first).size < first.length) throw invalid(`${path} names a validator of block 0 twice`);
  const members = new Map(consortium.members.map((one) => [one.id, one]));
  for (const file of publicFiles) {
    const what = "public half of a member";
    const half = await readJsonFile(publicHalf, { path: file, what, maxBytes: MAX_PUBLIC_BYTES });
    const named = members.get(half.id);
    if (named === undefined) throw invalid(`${file} is of the member ${half.id}, which ${path} does not name`);
    if (named.validator !== undefined && named.validator !== half.validator) {
      throw invalid(`${file} has another key of ${half.id} than an earlier file: ask that member which one is right`);
    }
    members.set(half.id, { ...named, ...half });
  }
  const all = [...members.values()];
  expectDistinct(all, path);
  // The descriptor, which is published, gets these keys.
  for (const { id, operator } of all) expectPublic(operator?.key, `The operator's key of ${id}`);
  return { ...consortium, members: all };
}

/** @throws CliError `INVALID_INPUT` when no member has this id. */
export function memberOf({ members }: Consortium, wanted: string): Member {
  const found = members.find((one) => one.id === wanted);
  if (found !== undefined) return found;
  throw invalid(
    `No member has the id ${JSON.stringify(wanted.slice(0, 40))}; there are ${members.map((one) => one.id).join(", ")}`,
  );
}

function expectDistinct(members: readonly Member[], path: string): void {
  for (const field of ["id", "host", "url", "validator"] as const) {
    const values = members.map((one) => one[field]).filter((value) => value !== undefined);
    const twice = values.find((value, at) => values.indexOf(value) < at);
    if (twice !== undefined) throw invalid(`${path} has two members with the same ${field}: ${twice}`);
  }
}

function isPoint(publicKey: string): boolean {
  try {
    SigningKey.computePublicKey(`0x04${publicKey.slice(2)}`);
    return true;
  } catch {
    return false; // ethers' error has no class of its own
  }
}

function invalid(message: string): CliError {
  return new CliError("INVALID_INPUT", message);
}
