import assert from "node:assert/strict";
import { test } from "node:test";
import { AbiCoder, concat, id, keccak256 } from "ethers";
import { MAX_VALUE_BYTES } from "../../resolver/did/decode-log.ts";
import { MAX_DID_URL_LENGTH } from "../../resolver/did/did-url.ts";
import { MAX_ENTRY_BYTES } from "../../resolver/did/entries.ts";
import {
  applyDidEvent,
  currentDeployment,
  DID_TOPICS,
  type DidState,
  descriptorHash,
  type Hash,
  HEAD_KIND,
  headSeed,
  headSlot,
  nextHead,
  nextRoot,
  parseDid,
  parseNetworkDescriptor,
  type Representation,
  readAttribute,
  readOptions,
  represent,
  resolveLatest,
  resolveVersion,
} from "../../resolver/index.ts";
import { MAX_DESCRIPTOR_BYTES } from "../../resolver/network.ts";
import { findExamples, readRepositoryFile } from "./examples.ts";
import { bytesOf, eventsOf, label, logOf, type ShownHistory, type ShownValue, unixTime } from "./method-history.ts";

// Runs the worked examples of the method specification through the resolver.

const examples = findExamples(await readRepositoryFile("docs/did-method-mapae.md"));
const used = new Set<string>();

function example<T>(name: string): T {
  assert(examples.has(name), `the specification has no example ${name}`);
  used.add(name);
  return examples.get(name) as T;
}

interface Input {
  readonly asOf: { readonly number: number; readonly hash: Hash; readonly time: string };
  readonly now: string;
  readonly options: string;
  readonly accept: Representation;
}

const network = parseNetworkDescriptor(example("network"));
const history = example<ShownHistory>("history");
const registry = currentDeployment(network).registries.did.address;
const events = eventsOf(history, registry);

/** The answer of a resolver that knows the chain up to `asOf`. */
async function resolve({ asOf, now, options, accept }: Input) {
  const known = events.filter((event) => event.block <= asOf.number);
  const context = {
    did: parseDid(history.did),
    chainId: network.chainId,
    asOf: { ...asOf, time: unixTime(asOf.time), finalizedBlock: asOf.number },
    now: unixTime(now),
  };
  const resolution =
    options === ""
      ? resolveLatest(context, fold(known))
      : await resolveVersion(context, known, readOptions(new URLSearchParams(options)));
  return {
    didDocument: resolution.document && represent(resolution.document, accept),
    didDocumentMetadata: resolution.documentMetadata,
    didResolutionMetadata: { contentType: accept, ...resolution.resolutionMetadata },
  };
}

function fold(known: typeof events): DidState | undefined {
  return known.reduce<DidState | undefined>((state, event) => applyDidEvent(state, event, network.chainId), undefined);
}

/** Asserts equal values and order of members, because documents must be the same bytes for everybody. */
function assertSameJson(got: unknown, wanted: unknown): void {
  assert.deepEqual(got, wanted);
  assert.equal(JSON.stringify(got), JSON.stringify(wanted));
}

test("DIDs parse and are refused as shown", () => {
  const { valid, invalid } = example<{
    valid: { did: string; network: string; address: string }[];
    invalid: { did: string; error: string }[];
  }>("did-parse");
  for (const wanted of valid) assert.deepEqual({ ...parseDid(wanted.did) }, wanted);
  for (const { did, error } of invalid) assert.throws(() => parseDid(did), { code: error }, did);
  assert(valid.length >= 3 && invalid.length >= 10);
});

test("the network descriptor is valid and has the hash shown", () => {
  assert.equal(descriptorHash(network), example("descriptor-hash"));
});

test("the limits are those of the contract and the resolver", async () => {
  const contract = await readRepositoryFile("contracts/DidRegistry.sol");
  const days = /MAX_VALIDITY = ([0-9_]+) days;/.exec(contract)?.[1]?.replaceAll("_", "");
  const bytes = /MAX_VALUE_BYTES = ([0-9]+);/.exec(contract)?.[1];
  assert.equal(Number(bytes), MAX_VALUE_BYTES);
  assert.deepEqual(example("limits"), {
    MAX_VALUE_BYTES,
    MAX_VALIDITY: Number(days) * 86_400,
    MAX_DELEGATES: Number(/MAX_DELEGATES = ([0-9]+);/.exec(contract)?.[1]),
    MAX_DID_URL_LENGTH,
    MAX_DESCRIPTOR_BYTES,
    MAX_ENTRY_BYTES,
  });
});

test("the topics are those that the resolver reads", () => {
  const topics = example<Record<string, string>>("topics");
  assert.deepEqual(new Set(Object.values(topics)), new Set(Object.values(DID_TOPICS)));
  for (const [signature, topic] of Object.entries(topics)) assert.equal(id(signature), topic);
});

test("attributes have the meaning shown, or none", () => {
  for (const { name, means, ...shown } of example<({ name: string; means: unknown } & ShownValue)[]>("attributes")) {
    const got = readAttribute({ name: label(name), value: bytesOf(shown) }) ?? null;
    assert.deepEqual(got, means, `${name} ${bytesOf(shown)}`);
  }
});

test("the worked head equals the resolver's fold, and the formula computed with abi.encode and keccak256", () => {
  const worked = example<{
    domain: Hash;
    chainId: number;
    registry: Hash;
    subject: Hash;
    headSlot: Hash;
    rootSeed: Hash;
    headSeed: Hash;
    events: { block: number; time: number; topics: Hash[]; data: Hash; head: Hash; root: Hash }[];
  }>("head");
  const { chainId, subject } = worked;
  assert.deepEqual({ chainId, registry: worked.registry }, { chainId: network.chainId, registry });
  assert.equal(headSlot(subject, currentDeployment(network).slots.heads), worked.headSlot);
  assert.equal(hash(["bytes32", "uint256"], [subject, 0]), worked.headSlot);

  const seed = (kind: number, of: Hash) =>
    hash(["bytes32", "uint256", "address", "uint256", "bytes32"], [worked.domain, chainId, registry, kind, of]);
  assert.equal(id("mapae.head.v1"), worked.domain);
  assert.equal(seed(0, `0x${"00".repeat(32)}`), worked.rootSeed);
  assert.equal(seed(1, subject), worked.headSeed);
  assert.equal(headSeed({ chainId, registry }, HEAD_KIND.root), worked.rootSeed);
  assert.equal(headSeed({ chainId, registry }, HEAD_KIND.did, subject), worked.headSeed);

  let [head, root] = [worked.headSeed, worked.rootSeed];
  for (const [at, shown] of worked.events.entries()) {
    const event = events[at];
    const source = history.events[at];
    assert(event && source);
    const { topics, data } = logOf(source, { did: history.did, registry });
    const { block, time } = event;
    const step = { block, time, topics, data, hashOfTopics: keccak256(concat(topics)), hashOfData: keccak256(data) };
    const parts = [head, block, time, step.hashOfTopics, step.hashOfData];
    const byFormula = hash(["bytes32", "uint256", "uint256", "bytes32", "bytes32"], parts);
    root = hash(["bytes32", "bytes32"], [root, byFormula]);
    assert.deepEqual({ ...step, head: byFormula, root }, shown);

    head = nextHead(head, event.log, time);
    assert.equal(head, shown.head);
    assert.equal(nextRoot(worked.events[at - 1]?.root ?? worked.rootSeed, head), shown.root);
  }
  assert.equal(fold(events.slice(0, worked.events.length))?.head, head);
});

for (const name of ["latest", "version-id", "version-time", "deactivated"]) {
  test(`the example ${name} is the resolver's answer`, async () => {
    const { input, result } = example<{ input: Input; result: unknown }>(name);
    assertSameJson(await resolve(input), result);
  });
}

test("the other two representations of the newest version are as shown", async () => {
  const { input } = example<{ input: Input }>("latest");
  assertSameJson((await resolve({ ...input, accept: "application/did+ld+json" })).didDocument, example("latest-ld"));
  assertSameJson((await resolve({ ...input, accept: "application/did+json" })).didDocument, example("latest-json"));
});

test("options are refused with the codes shown", async () => {
  const { input } = example<{ input: Input }>("version-id");
  for (const { options, error } of example<{ options: string; error: string }[]>("errors")) {
    await assert.rejects(resolve({ ...input, options }), { code: error }, options);
  }
});

test("the thumbprint of RFC 8037's key is the one in that RFC", () => {
  const { result } = example<{ result: { didDocument: { verificationMethod: { id: string }[] } } }>("latest");
  const ids = result.didDocument.verificationMethod.map((method) => method.id.split("#")[1]);
  assert(ids.includes("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"));
});

test("the registry entry in the text equals the file to submit, with the fields of W3C's registry", async () => {
  const entry = JSON.parse(await readRepositoryFile("docs/registration/mapae.json")) as Record<string, string>;
  assert.deepEqual(entry, example("registration"));
  const { name, status, specification, ...optional } = entry;
  assert.deepEqual([name, status, new URL(specification ?? "").protocol], ["mapae", "registered", "https:"]);
  const allowed = ["contactName", "contactEmail", "contactWebsite", "verifiableDataRegistry", "conformanceReport"];
  for (const field of Object.keys(optional)) assert(allowed.includes(field), field);
});

test("every example of the specification is run by a test of this file", () => {
  assert.deepEqual(
    [...examples.keys()].filter((name) => !used.has(name)),
    [],
  );
});

function hash(types: string[], values: unknown[]): Hash {
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, values)) as Hash;
}
