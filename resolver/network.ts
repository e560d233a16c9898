import canonicalize from "canonicalize";
import * as z from "zod/mini";
import { InvalidDescriptorError, ResolutionError } from "./errors.ts";
import type { Address, Hash } from "./primitives/hex.ts";
import { keccak256Text } from "./primitives/keccak.ts";
import { describeIssues, parseBy } from "./primitives/schema.ts";

/** Longest network descriptor that is read, in bytes of JSON. */
export const MAX_DESCRIPTOR_BYTES = 1_048_576;

/** A label, `-` and the first 8 hex digits of the genesis hash; or `local`, which is only for use on its own machine. */
export const NETWORK_NAME = /^(?:[a-z][a-z0-9]{0,15}-[0-9a-f]{8}|local)$/;

const about = (description: string) => z.meta({ description });

const hexOf = <T extends Address | Hash>(pattern: RegExp, rule: string, description: string) =>
  z
    .pipe(
      z.string().check(z.regex(pattern, rule)),
      z.transform((value) => value as T),
    )
    .check(about(description));
const address = hexOf<Address>(
  /^0x[0-9a-f]{40}$/,
  "an address is 0x and 40 lower-case hex digits",
  "An account or contract: 0x and 40 lower-case hex digits",
);
const hash = hexOf<Hash>(
  /^0x[0-9a-f]{64}$/,
  "a hash is 0x and 64 lower-case hex digits",
  "32 bytes: 0x and 64 lower-case hex digits",
);
const integer = (least: number, ...checks: z.core.$ZodCheck<number>[]) => z.int().check(z.minimum(least), ...checks);
const count = integer(0);
const many = <T extends z.core.$ZodType>(item: T, most: number) =>
  z.array(item).check(z.minLength(1), z.maxLength(most));
const contract = z.strictObject({
  address,
  codeHash: hash.check(about("keccak256 of the answer to eth_getCode, immutables included")),
});

const operator = z.strictObject({
  name: z.string().check(z.minLength(1), z.maxLength(200)),
  key: z.record(z.string(), z.unknown()),
});

const consensus = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("qbft"), validators: many(address, 1_000) }),
  z.strictObject({ kind: z.literal("attested"), threshold: integer(1), operators: many(operator, 1_000) }),
  z.strictObject({ kind: z.literal("none") }),
]);

const finality = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("instant") }),
  z.strictObject({ kind: z.literal("depth"), blocks: integer(1, z.maximum(100_000)) }),
]);

/** Most deployments of a network, past ones included. */
const MAX_DEPLOYMENTS = 100;

const past = z
  .strictObject({
    chainId: integer(1),
    genesisHash: hash,
    toBlock: count.check(about("Last block whose events count")),
    roots: z
      .strictObject({ did: hash, trust: hash, status: hash })
      .check(about("Root of each registry as of that block")),
  })
  .check(about("Of a deployment that others followed: the chain that it was on, and where it ended"));

const deployment = z.strictObject({
  fromBlock: count.check(about("First block that can hold an event of a registry")),
  forwarder: contract,
  timelock: contract.check(about("Adds credential types and grants roots, after its delay")),
  recovery: contract.check(about("The timelock that replaces a lost council, and does nothing else")),
  seat: contract.check(about("Holds every role of the council, for the account that holds the seat")),
  registries: z.strictObject({ did: contract, trust: contract, status: contract }),
  slots: z
    .strictObject({ heads: count, root: count, identities: count, acceptedGrants: z.exactOptional(count) })
    .check(
      about(
        "Storage slots: of every registry its heads (a mapping) and root; of the DID registry its identities; of the trust registry the grants that were accepted",
      ),
    ),
  past: z.optional(past),
});

/** The schema of a network descriptor, from which `docs/network.schema.json` is generated. */
export const networkDescriptorSchema = z
  .strictObject({
    version: integer(1, about("Counts up; a verifier never goes back")),
    name: z
      .string()
      .check(z.regex(NETWORK_NAME, "a name is a label, '-' and the first 8 digits of the genesis hash, or 'local'")),
    chainId: integer(1, about("Of the chain of the last deployment")),
    genesisHash: hash,
    consensus,
    finality,
    rehearsal: z
      .optional(z.literal(true))
      .check(
        about(
          "The network is there to be practised on, with governance that may wait for seconds only; no later version takes it away",
        ),
      ),
    deployments: many(deployment, MAX_DEPLOYMENTS).check(
      about("The oldest first; the last one is written to, on the descriptor's own chain"),
    ),
    previous: z.nullable(hash).check(about("keccak256 of the former descriptor's JCS bytes without signatures")),
    signatures: z
      .array(z.string().check(z.maxLength(4_096)))
      .check(z.maxLength(1_000), about("Detached JWS by operators of the former")),
  })
  .check(z.meta({ title: "Mapae network descriptor", description: "What a name in did:mapae:<name>:… means" }));

/** One network as a verifier trusts it: which chain, which contracts, what is final. */
export type NetworkDescriptor = z.output<typeof networkDescriptorSchema>;

/** A deployment of a network's contracts. */
export type Deployment = NetworkDescriptor["deployments"][number];

/**
 * Checks a parsed network descriptor.
 *
 * @throws InvalidDescriptorError naming each field that is wrong, what it got and what it wants.
 * @throws ResolutionError `FEATURE_NOT_SUPPORTED` for a valid descriptor of a network that moved: this version reads one
 * deployment, and would report what the others hold as absent.
 */
export function parseNetworkDescriptor(input: unknown): NetworkDescriptor {
  const parsed = parseBy(networkDescriptorSchema, input);
  if (!parsed.success) throw new InvalidDescriptorError(`Network descriptor: ${describeIssues(parsed.error)}`);
  const { name, genesisHash, consensus, deployments } = parsed.data;
  for (const [index, { past }] of deployments.entries()) {
    const isLast = index === deployments.length - 1;
    if (isLast === (past === undefined)) continue;
    const wanted = isLast ? "the last deployment is not past" : "every deployment but the last is past";
    throw new InvalidDescriptorError(`Network descriptor: deployments.${index}.past: ${wanted}`);
  }
  // A network keeps its name when it moves to another chain, because DIDs contain the name.
  const first = deployments[0]?.past?.genesisHash ?? genesisHash;
  if (name !== "local" && name.slice(-8) !== first.slice(2, 10)) {
    throw new InvalidDescriptorError(
      `Network descriptor: name is ${name}, but the genesis hash wants it to end in -${first.slice(2, 10)}`,
    );
  }
  if (name !== "local" && consensus.kind === "none") {
    throw new InvalidDescriptorError("Network descriptor: consensus none is for the network local only");
  }
  if (consensus.kind === "attested" && consensus.threshold > consensus.operators.length) {
    throw new InvalidDescriptorError(
      `Network descriptor: threshold is ${consensus.threshold} of ${consensus.operators.length} operators`,
    );
  }
  if (deployments.length > 1) {
    throw new ResolutionError(
      "FEATURE_NOT_SUPPORTED",
      `Network ${name} has moved: its descriptor has ${deployments.length} deployments, and this version of Mapae reads one. ` +
        "Use a version that reads them all",
    );
  }
  return parsed.data;
}

/** The deployment that holds a network's registries. */
export function currentDeployment(network: NetworkDescriptor): Deployment {
  const deployment = network.deployments.at(-1);
  if (deployment === undefined) throw new InvalidDescriptorError("Network descriptor: deployments is empty");
  return deployment;
}

/** keccak256 of a descriptor's JCS bytes (RFC 8785) without its signatures: what operators sign and a successor names. */
export function descriptorHash(network: NetworkDescriptor): Hash {
  const { signatures: _, ...signed } = network;
  return keccak256Text(canonicalize(signed) as string);
}
