import assert from "node:assert/strict";
import { type GateOptions, openGate } from "../../gate/gate.ts";
import { memoryStore } from "../../gate/gate-store.ts";
import { parseGatePolicy } from "../../gate/policy.ts";
import type { Signer } from "../../node/issuing/signer.ts";
import { bundleMaker } from "../../node/proofs/make-bundle.ts";
import { AcceptedGrants } from "../../node/trust/accepted-grants.ts";
import { IssuerLists } from "../../node/trust/issuer-lists.ts";
import { formatDid } from "../../resolver/did/did.ts";
import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import { writeBundle } from "../../resolver/proofs/bundle.ts";
import { listIdOf } from "../../resolver/status/apply-status-event.ts";
import { deployTrust, YEAR } from "../helpers/grants.ts";
import { issuerOf } from "../helpers/issue.ts";
import { name32 } from "../helpers/keys.ts";
import { inProcessRpc } from "../helpers/network.ts";
import { BASE_URI, change, REASON, SIZE, TYPE_ID, TYPE_URI } from "../helpers/registries.ts";
import { SimulatedNode } from "../helpers/simulated-node.ts";
import { publicBytes } from "../node/lists/served-node.ts";
import { attestedNetwork } from "../node/proofs/attested-network.ts";
import { boundHolder } from "./bound-holder.ts";

export const AUDIENCE = "https://gate.example";
export const NONCE = "n-0S6_WzA2Mj";
export const LIST_URI = `${BASE_URI}/0`;
/** Index of each status in list 0, and of none. */
export const INDEX = { revoked: 3, suspended: 7, valid: 100, later: 200 } as const;

const FRESH = { freshFor: 3_600, denyAfter: 7_200 };
export const POLICY = parseGatePolicy({ audience: AUDIENCE, types: { [TYPE_URI]: FRESH } });

/**
 * A chain in this process whose blocks operators attest, with a node's index over it: a ministry that accredited an issuer, whose
 * list has a revoked and a suspended credential. Bundles are made as a node makes them.
 */
export async function gateStage() {
  const chain = await deployTrust();
  const { did, status, ministry, stranger, others } = chain;
  const [account] = others;
  assert.ok(account);
  const proofs = await attestedNetwork(chain);
  const { network, reader } = proofs;
  const issuer = issuerOf(formatDid(network.name, lower(account.address)));
  await publish(did.connect(account), account.address, issuer.signer);
  const root = await chain.acceptedRoot(ministry);
  const grant = await chain.acceptedBelow(root, ministry, account);
  const lists = status.connect(account);
  await lists.createList(account.address, 0n, SIZE, TYPE_ID, BASE_URI);
  const list = listIdOf(lower(account.address), 0n);
  const [revoke, suspend] = [1n << BigInt(INDEX.revoked), 1n << BigInt(INDEX.suspended)];
  await lists.update(list, [change(0n, { revoke, suspend })], REASON);
  const node = await SimulatedNode.start({ network, readers: [reader] });
  const rpc = inProcessRpc(chain);

  /** The newest block, as enough operators attest it. */
  async function sealed() {
    const block = await reader.header("latest");
    assert.ok(block);
    const { attestations } = await proofs.envelope([]);
    return { block, attestations, handovers: [] };
  }
  const { index } = node;
  const make = bundleMaker({
    index,
    accepted: new AcceptedGrants(index),
    lists: new IssuerLists(index),
    network,
    rpc,
    blocks: { newest: sealed },
  });
  const holder = boundHolder();
  const issuedAt = await proofs.now();

  return {
    ...chain,
    ...proofs,
    account,
    issuer,
    issuedAt,
    list,
    lists,
    grants: { root, grant },
    rpc,
    node,
    holder,
    strangerIssuer: issuerOf(formatDid(network.name, lower(stranger.address))),
    /** A bundle of the newest block, or a delta since one. */
    async bundle({ since, types = [TYPE_ID as Hash] }: { since?: number; types?: readonly Hash[] } = {}) {
      await node.settle();
      const made = await make({ types, ...(since !== undefined && { since }) });
      assert.ok(made, "nothing is new");
      return made.bundle;
    },
    async bytes(options: { since?: number; types?: readonly Hash[] } = {}) {
      return writeBundle(await this.bundle(options));
    },
    /** Sets a bit of list 0. */
    revoke: (index: number) =>
      lists.update(list, [change(BigInt(Math.floor(index / 256)), { revoke: 1n << BigInt(index % 256) })], REASON),
    /** An SD-JWT VC of the issuer, bound to the holder. */
    credential: (
      index: number = INDEX.valid,
      more: { readonly type?: string; readonly by?: ReturnType<typeof issuerOf> } = {},
    ) =>
      (more.by ?? issuer).sdJwt({
        type: more.type ?? TYPE_URI,
        issuedAt,
        listUri: LIST_URI,
        index,
        holder: holder.jwk,
      }),
    /** The same as its holder shows it to the gate. */
    async presented(index: number = INDEX.valid, more: { readonly at?: number; readonly nonce?: string } = {}) {
      const iat = more.at ?? (await proofs.now());
      return holder.present(await this.credential(index), { nonce: more.nonce ?? NONCE, aud: AUDIENCE, iat });
    },
  };
}

export type GateStage = Awaited<ReturnType<typeof gateStage>>;

/** A gate whose clock a test sets. */
export async function gateOf(stage: GateStage, given: Partial<GateOptions> = {}) {
  const clock = { now: await stage.now() };
  const faults: unknown[] = [];
  const gate = await openGate({
    network: stage.network,
    policy: POLICY,
    store: memoryStore(),
    now: () => clock.now,
    onFault: (error) => void faults.push(error),
    ...given,
  });
  return { gate, clock, faults };
}

/** Publishes a signer's key for assertions. */
export async function publish(did: { setAttribute: GateDid }, identity: string, signer: Signer): Promise<void> {
  await did.setAttribute(identity, name32("did/pub/P256/veriKey"), publicBytes(signer), YEAR);
}

type GateDid = (identity: string, name: string, value: string, validity: bigint) => Promise<unknown>;

function lower(address: string): Address {
  return address.toLowerCase() as Address;
}
