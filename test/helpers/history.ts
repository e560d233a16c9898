import assert from "node:assert/strict";
import { decodeBytes32String, ZeroAddress } from "ethers";
import { EthrDidController } from "ethr-did-resolver";
import fc from "fast-check";
import type { Hex } from "../../resolver/primitives/hex.ts";
import { type Deployment, now, setNextTime } from "./contracts.ts";
import { ALGORITHMS, NO_KEYS, name32, publicKey, textValue } from "./keys.ts";

/** An entry that can be set and revoked: an attribute, or a delegate (`name` is its type, `value` its address). */
export interface HistoryEntry {
  readonly kind: "attribute" | "delegate";
  readonly name: Hex;
  readonly value: Hex;
}

/** A write; `entry` is the index of an entry of the history, `owner` that of an account of the deployment, or "none". */
export type HistoryWrite =
  | { readonly do: "set"; readonly entry: number; readonly validity: number }
  | { readonly do: "revoke"; readonly entry: number }
  | { readonly do: "hand over"; readonly to: number }
  | { readonly do: "deactivate" };

/** Writes of one block, `after` seconds after the previous one; with the stock controller each write has a block of its own. */
export interface HistoryBlock {
  readonly after: number;
  readonly way: "multicall" | "transactions" | "stock controller";
  readonly writes: readonly HistoryWrite[];
}

/** The writes to one identity. */
export interface History {
  readonly entries: readonly HistoryEntry[];
  readonly blocks: readonly HistoryBlock[];
}

/** Values that a document must not have, so that a test can recognise them in every resolver's document. */
export const INVALID_VALUES = {
  /** A key under a name of an unknown algorithm, purpose or encoding. */
  unknownKey: publicKey("Ed25519", 201),
  /** Endpoint of services with an invalid name. */
  unknownService: "https://unknown.example/",
  /** Endpoint of services whose fragment is that of a method. */
  reserved: "https://reserved.example/",
  /** Invalid endpoints: neither a URI nor a map nor a list of these. */
  noEndpoints: ["", "no uri", "5", "null", '"no uri"', "[]", "[5]", "{", "https://exämple.org/"],
} as const;

/** Endpoints of each kind. Each contains its fragment, so that type and endpoint identify the entry. */
const endpoints = (fragment: string) => [
  `https://example.org/hub${fragment}`,
  `did:example:123${fragment}#key`,
  `"https://example.org/quoted${fragment}"`,
  `{"uri":"https://example.org/map${fragment}","accept":["didcomm/v2"]}`,
  `["https://example.org/list${fragment}",{"uri":"https://example.org/b"}]`,
];

/** Delegates; the last one is the zero address. */
const DELEGATES: Hex[] = [`0x${"ab".repeat(20)}`, `0x${"0c".repeat(20)}`, `0x${"00".repeat(20)}`];

/** A name that is not UTF-8. */
const NO_TEXT: Hex = `0x${"ff".repeat(32)}`;

const attribute = (name: string, value: Hex): HistoryEntry => ({ kind: "attribute", name: name32(name), value });

const purpose = fc.constantFrom("veriKey", "sigAuth", "enc");
const encoding = fc.constantFrom("", "/hex", "/base64", "/base58");
const algorithm = fc.constantFrom(...ALGORITHMS);

const key = fc
  .record({ algorithm, purpose, encoding, secret: fc.integer({ min: 1, max: 3 }) })
  .map(({ algorithm, purpose, encoding, secret }) =>
    attribute(`did/pub/${algorithm}/${purpose}${encoding}`, publicKey(algorithm, secret)),
  );
const noKey = algorithm
  .chain((algorithm) => fc.record({ algorithm: fc.constant(algorithm), value: fc.constantFrom(...NO_KEYS[algorithm]) }))
  .chain(({ algorithm, value }) => purpose.map((purpose) => attribute(`did/pub/${algorithm}/${purpose}`, value)));
const unknownKey = fc
  .constantFrom(
    "did/pub/RSA/veriKey",
    "did/pub/ed25519/veriKey",
    "did/pub/Ed25519",
    "did/pub/Ed25519/other",
    "did/pub/Ed25519/verikey",
    "did/pub/Ed25519/veriKey/pem",
    "did/pub/Ed25519/veriKey/other",
    "did/pub/Ed-25519/veriKey",
    "did/pub/",
    "something else",
  )
  .map((name) => attribute(name, INVALID_VALUES.unknownKey));
const service = fc
  .record({ type: fc.constantFrom("HubService", "Linked_Domains"), fragment: fc.constantFrom("", "/a", "/a", "/b_1") })
  .chain(({ type, fragment }) =>
    fc
      .oneof(
        { weight: 5, arbitrary: fc.constantFrom(...endpoints(fragment)) },
        { weight: 1, arbitrary: fc.constantFrom(...INVALID_VALUES.noEndpoints) },
      )
      .map((endpoint) => attribute(`did/svc/${type}${fragment}`, textValue(endpoint))),
  );
const unknownService = fc
  .constantFrom("did/svc/Hub/a/b", "did/svc/My-Hub", "did/svc/Hub/a-b", "did/svc/", "did/svc/Hub/", "did/svc")
  .map((name) => attribute(name, textValue(INVALID_VALUES.unknownService)));
const delegate = fc
  .record({
    type: fc.constantFrom("veriKey", "veriKey", "sigAuth", "sigAuth", "status", "enc", "other"),
    value: fc.constantFrom(...DELEGATES),
  })
  .map(({ type, value }): HistoryEntry => ({ kind: "delegate", name: name32(type), value }));

const entry: fc.Arbitrary<HistoryEntry> = fc.oneof(
  { weight: 10, arbitrary: key },
  { weight: 1, arbitrary: noKey },
  { weight: 1, arbitrary: unknownKey },
  { weight: 10, arbitrary: service },
  { weight: 1, arbitrary: unknownService },
  { weight: 1, arbitrary: fc.constant(attribute("did/svc/HubService/controller", textValue(INVALID_VALUES.reserved))) },
  { weight: 1, arbitrary: fc.constant(attribute("did/svc/HubService", "0xff")) },
  { weight: 1, arbitrary: fc.constantFrom(...endpoints("")).map((uri) => attribute("did/aka", textValue(uri))) },
  { weight: 5, arbitrary: delegate },
  { weight: 1, arbitrary: fc.constantFrom("attribute", "delegate").map(unreadable) },
);

function unreadable(kind: "attribute" | "delegate"): HistoryEntry {
  return { kind, name: NO_TEXT, value: DELEGATES[0] ?? "0x" };
}

/** Validities of only the current block, of less or more than a block or two, and of longer than a history. */
const validity = fc.constantFrom(0, 1, 60, 400, 1_500, 10 * 365 * 86_400);

const write = (entries: number): fc.Arbitrary<HistoryWrite> => {
  const which = fc.nat({ max: entries - 1 });
  return fc.oneof(
    { weight: 12, arbitrary: fc.record({ do: fc.constant("set" as const), entry: which, validity }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant("revoke" as const), entry: which }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("hand over" as const), to: fc.nat({ max: 2 }) }) },
    { weight: 1, arbitrary: fc.constant({ do: "deactivate" as const }) },
  );
};

/** Few entries with many writes to them, so that repeated settings, revocations and expiry combine. */
export const history: fc.Arbitrary<History> = fc.array(entry, { minLength: 1, maxLength: 7 }).chain((entries) =>
  fc.record({
    entries: fc.constant(entries),
    blocks: fc.array(
      fc.record({
        after: fc.nat({ max: 500 }),
        way: fc.constantFrom("multicall", "transactions", "multicall", "transactions", "stock controller"),
        writes: fc.array(write(entries.length), { minLength: 1, maxLength: 5 }),
      }),
      { maxLength: 5 },
    ),
  }),
);

/** One history in which `ethr-did-resolver` differs from Mapae in every way that the method specification names. */
export const everyDifference: History = {
  entries: [
    attribute("did/pub/P256/sigAuth/base64", publicKey("P256", 1)),
    attribute("did/pub/X25519/enc/base58", publicKey("X25519", 1)),
    attribute("did/pub/Ed25519/other", INVALID_VALUES.unknownKey),
    attribute("did/pub/Ed25519/veriKey", NO_KEYS.Ed25519[1] ?? "0x"),
    attribute("did/svc/HubService/controller", textValue(INVALID_VALUES.reserved)),
    attribute("did/svc/HubService/a", textValue("https://example.org/hub/a")),
    attribute("did/svc/Linked_Domains/a", textValue("did:example:123/a#key")),
    unreadable("attribute"),
  ],
  blocks: [
    {
      after: 10,
      way: "transactions",
      writes: [0, 1, 2, 3, 4, 5, 6].map((entry) => ({ do: "set", entry, validity: 10 * 365 * 86_400 })),
    },
    { after: 10, way: "multicall", writes: [{ do: "revoke", entry: 1 }] },
    { after: 10, way: "stock controller", writes: [{ do: "set", entry: 7, validity: 60 }] },
  ],
};

/** A write, and the owner of the identity at that time. */
type OwnedWrite = HistoryWrite & { readonly by: string };

/**
 * Writes a history to an identity that was never written. Writes after its deactivation are left out, because the contract
 * refuses them.
 *
 * @returns the number of events.
 */
export async function writeHistory(deployment: Deployment, identity: string, history: History): Promise<number> {
  const { ethers } = deployment;
  await ethers.provider.send("hardhat_impersonateAccount", [identity]);
  await ethers.provider.send("hardhat_setBalance", [identity, "0xde0b6b3a7640000"]);
  let events = 0;
  for (const { writes, ...block } of ownedBlocks(deployment, identity, history)) {
    if (writes.length === 0) continue;
    const after = BigInt(block.after);
    if (block.way === "stock controller") {
      await writeWithStockController(deployment, identity, { history, writes, after });
    } else {
      await setNextTime(deployment, (await now(deployment)) + after);
      await writeBlock(deployment, identity, { history, writes, bundled: block.way === "multicall" });
    }
    events += writes.length;
  }
  return events;
}

function ownedBlocks(deployment: Deployment, identity: string, { blocks }: History) {
  let owner = identity;
  return blocks.map((block) => {
    const writes: OwnedWrite[] = [];
    for (const write of block.writes) {
      if (owner === ZeroAddress) break;
      writes.push({ ...write, by: owner });
      if (write.do === "hand over") owner = accountOf(deployment, write.to);
      if (write.do === "deactivate") owner = ZeroAddress;
    }
    return { ...block, writes };
  });
}

interface Writes {
  readonly history: History;
  readonly writes: readonly OwnedWrite[];
}

/** Makes all writes in one block: a transaction each, or one multicall for each owner. */
async function writeBlock(
  deployment: Deployment,
  identity: string,
  { history, writes, bundled }: Writes & { bundled: boolean },
): Promise<void> {
  const { ethers, registry, address } = deployment;
  const transactions: { from: string; calls: string[] }[] = [];
  for (const write of writes) {
    const data = calldata(deployment, identity, write, history);
    const last = transactions.at(-1);
    if (bundled && last?.from === write.by) last.calls.push(data);
    else transactions.push({ from: write.by, calls: [data] });
  }
  await ethers.provider.send("evm_setAutomine", [false]);
  for (const [index, { from, calls }] of transactions.entries()) {
    const data = bundled ? registry.interface.encodeFunctionData("multicall", [calls]) : calls[0];
    // The pool is ordered by price, so earlier transactions pay more.
    const gasPrice = `0x${(100_000_000_000 - index).toString(16)}`;
    await ethers.provider.send("eth_sendTransaction", [{ from, to: address, data, gas: "0x100000", gasPrice }]);
  }
  await ethers.provider.send("evm_mine", []);
  await ethers.provider.send("evm_setAutomine", [true]);
}

function calldata(deployment: Deployment, identity: string, write: HistoryWrite, history: History): string {
  const encode = (name: string, args: unknown[]) =>
    deployment.registry.interface.encodeFunctionData(name, [identity, ...args]);
  if (write.do === "hand over") return encode("changeOwner", [accountOf(deployment, write.to)]);
  if (write.do === "deactivate") return encode("changeOwner", [ZeroAddress]);
  const { kind, name, value } = history.entries[write.entry] ?? assert.fail();
  if (write.do === "revoke") return encode(kind === "attribute" ? "revokeAttribute" : "revokeDelegate", [name, value]);
  return encode(kind === "attribute" ? "setAttribute" : "addDelegate", [name, value, write.validity]);
}

// The types of the stock controller use ethers' CommonJS declarations, these ones its ESM declarations: the same classes, but
// different types.
type StockSigner = ConstructorParameters<typeof EthrDidController>[2];
type StockProvider = ConstructorParameters<typeof EthrDidController>[4];

/** Makes each write by the unmodified library of did:ethr, in a transaction and block of its own. */
async function writeWithStockController(
  deployment: Deployment,
  identity: string,
  { history, writes, after }: Writes & { after: bigint },
): Promise<void> {
  const { ethers, address } = deployment;
  const provider = ethers.provider as object as StockProvider;
  for (const write of writes) {
    await setNextTime(deployment, (await now(deployment)) + after);
    const signer = (await ethers.getSigner(write.by)) as object as StockSigner;
    const controller = new EthrDidController(identity, undefined, signer, "local", provider, undefined, address, false);
    if (write.do === "hand over") {
      await controller.changeOwner(accountOf(deployment, write.to));
    } else if (write.do === "deactivate") {
      await controller.changeOwner(ZeroAddress);
    } else {
      const { kind, name, value } = history.entries[write.entry] ?? assert.fail();
      if (kind === "attribute" && write.do === "set") await controller.setAttribute(name, value, write.validity);
      else if (kind === "attribute") await controller.revokeAttribute(name, value);
      else if (write.do === "revoke") await controller.revokeDelegate(name, value);
      // The only one of its calls that does not accept a name in hex.
      else if (name === NO_TEXT) await writeBlock(deployment, identity, { history, writes: [write], bundled: false });
      else await controller.addDelegate(decodeBytes32String(name), value, write.validity);
    }
  }
}

function accountOf({ alice, bob, carol }: Deployment, index: number): string {
  return [alice, bob, carol][index]?.address ?? assert.fail(`no account ${index}`);
}
