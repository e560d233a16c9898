import assert from "node:assert/strict";
import { Attestations } from "../../../node/attestations/attestations.ts";
import type { Refusal } from "../../../node/http/clients/refusals.ts";
import type { ClientLimits } from "../../../node/http/server/bounds.ts";
import { startHttp } from "../../../node/http/server/server.ts";
import type { LiveIndex } from "../../../node/index/live-index.ts";
import { StatusLists } from "../../../node/lists/status-lists.ts";
import type { Bundles } from "../../../node/proofs/bundles.ts";
import type { NodeReport, NodeState } from "../../../node/runtime/status.ts";
import { parseDid } from "../../../resolver/did/did.ts";
import { UnavailableError } from "../../../resolver/errors.ts";
import { parseNetworkDescriptor } from "../../../resolver/network.ts";
import type { Address } from "../../../resolver/primitives/hex.ts";
import { name32, publicKey, textValue } from "../../helpers/keys.ts";
import { MemoryIndex } from "../../helpers/memory-index.ts";
import { type Change, Writer } from "./writer.ts";

/** The Unix time at which every test begins, in seconds. */
export const START = 1_750_000_000;
export const FOREVER = START + 100 * 365 * 86_400;

export const NETWORK = parseNetworkDescriptor({
  version: 1,
  name: "local",
  chainId: 31_337,
  genesisHash: `0x${"11".repeat(32)}`,
  consensus: { kind: "none" },
  finality: { kind: "instant" },
  deployments: [
    {
      fromBlock: 1,
      forwarder: { address: `0x${"f0".repeat(20)}`, codeHash: `0x${"22".repeat(32)}` },
      timelock: { address: `0x${"c0".repeat(20)}`, codeHash: `0x${"22".repeat(32)}` },
      recovery: { address: `0x${"c1".repeat(20)}`, codeHash: `0x${"22".repeat(32)}` },
      seat: { address: `0x${"c2".repeat(20)}`, codeHash: `0x${"22".repeat(32)}` },
      registries: {
        did: { address: `0x${"5e".repeat(20)}`, codeHash: `0x${"33".repeat(32)}` },
        trust: { address: `0x${"a0".repeat(20)}`, codeHash: `0x${"33".repeat(32)}` },
        status: { address: `0x${"b0".repeat(20)}`, codeHash: `0x${"33".repeat(32)}` },
      },
      slots: { heads: 0, root: 1, identities: 2 },
    },
  ],
  previous: null,
  signatures: [],
});

export const ALICE: Address = `0x${"a1".repeat(20)}`;
export const BOB: Address = `0x${"b0".repeat(20)}`;
/** An account whose DID is never written. */
export const NOBODY: Address = `0x${"00".repeat(19)}99`;

export const FOLLOWING: NodeState = { kind: "following", block: 1, reason: "every block is here" };

export const didOf = (address: Address) => `did:mapae:local:${address}`;
export const PATH = "/1.0/identifiers/";
export const pathOf = (address: Address) => `${PATH}${didOf(address)}`;

/** A key; `secret` tells it from others. */
export function key(identity: Address, secret: number, validTo = FOREVER): Change {
  const value = publicKey("Ed25519", secret);
  return { identity, type: "attribute", name: name32("did/pub/Ed25519/veriKey"), value, validTo };
}

export function service(identity: Address, uri: string, validTo = FOREVER): Change {
  return { identity, type: "attribute", name: name32("did/svc/Hub/hub"), value: textValue(uri), validTo };
}

export function deactivation(identity: Address): Change {
  return { identity, type: "owner", owner: `0x${"00".repeat(20)}` };
}

/** A public listener over an index in memory; what a test changes here, the next answer sees. */
export interface TestNode {
  readonly url: string;
  readonly port: number;
  readonly index: MemoryIndex;
  readonly writer: Writer;
  /** Unix seconds. */
  now: number;
  state: NodeState;
  /** What `onRefused` was told. */
  readonly refusals: Refusal[];
  /** What `onFault` was told. */
  readonly faults: unknown[];
  get(path: string, headers?: Record<string, string>, method?: string): Promise<TestAnswer>;
  close(): Promise<void>;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface TestNodeOptions {
  /** In place of the index in memory. */
  readonly wrap?: (index: MemoryIndex) => LiveIndex;
  readonly bundles?: Bundles;
  readonly report?: () => NodeReport;
  readonly state?: () => NodeState;
  readonly limits?: Partial<ClientLimits>;
  readonly trustedProxies?: readonly string[];
}

/** Starts one; it closes after the test, or after the file when given the `after` of node:test. */
export async function startTestNode(
  t: { after(close: () => Promise<void>): void },
  options: TestNodeOptions = {},
): Promise<TestNode> {
  const index = new MemoryIndex(NETWORK.chainId);
  const faults: unknown[] = [];
  const refusals: Refusal[] = [];
  const { url, close } = await startHttp({
    index: options.wrap?.(index) ?? index,
    lists: new StatusLists({
      index,
      network: NETWORK,
      signers: [],
      now: () => node.now,
      onAlarm: (e) => faults.push(e),
    }),
    network: NETWORK,
    attestations: new Attestations({
      network: NETWORK,
      onOutcome: () => undefined,
      onFault: (error) => faults.push(error),
    }),
    proofs: { prove: () => Promise.reject(new UnavailableError("nothing is proven here")) },
    examples: [ALICE, BOB, NOBODY].map((address) => parseDid(didOf(address))),
    digest: () => Promise.reject(new UnavailableError("there is no digest of an index in memory")),
    report: options.report ?? (() => reportOf(node.state)),
    state: options.state ?? (() => node.state),
    now: () => node.now,
    onFault: (error) => faults.push(error),
    onAnswer: () => undefined,
    onRefused: (reason) => refusals.push(reason),
    ...(options.bundles && { bundles: options.bundles }),
    ...(options.trustedProxies && { trustedProxies: options.trustedProxies }),
    host: "127.0.0.1",
    port: 0,
    ...(options.limits && { limits: options.limits }),
  });
  const node: TestNode = {
    url,
    port: Number(new URL(url).port),
    index,
    writer: new Writer(index),
    now: START,
    state: FOLLOWING,
    faults,
    refusals,
    get: async (path, headers = {}, method = "GET") => {
      const response = await fetch(`${url}${path}`, { headers, method, redirect: "manual" });
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
    close,
  };
  t.after(close);
  return node;
}

/** Makes all that was written stay. */
export function settle({ index }: TestNode): void {
  const asOf = index.asOf();
  assert(asOf !== undefined);
  index.advance({ ...asOf, finalizedBlock: asOf.number });
}

/** Something to wait for, and the way to let it come. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** What a node in a state says of itself. */
export function reportOf(state: NodeState): NodeReport {
  const nothing = {
    head: null,
    indexed: null,
    lag: null,
    clockOffset: null,
    comparedAt: null,
    digest: null,
    peers: [],
  };
  return { version: "0.0.0", schemaVersion: 1, network: NETWORK.name, state, ...nothing };
}
