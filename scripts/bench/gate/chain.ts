import { type Signer as Account, type BaseContract, id } from "ethers";
import { network as hardhat } from "hardhat";
import { newKey, type PrivateJwk, signerOf } from "../../../node/issuing/key-file.ts";
import { OPERATOR } from "../../../node/issuing/operator.ts";
import type { Signer } from "../../../node/issuing/signer.ts";
import {
  type Address,
  formatDid,
  grantIdOf,
  type Hash,
  listIdOf,
  type NetworkDescriptor,
  type Rpc,
  RpcError,
  rpcReader,
} from "../../../resolver/index.ts";
import { keccak256 } from "../../../resolver/primitives/keccak.ts";
import { TYPE } from "./facts.ts";

const FAR = 4_000_000_000;
export const LIST_SIZE = 131_072;
/** Chunks of a list that one update writes. */
const WORDS_AT_ONCE = 256;

/** An issuer with a DID, two keys and a grant. */
export interface BenchIssuer {
  readonly address: Address;
  readonly account: Account;
  readonly key: PrivateJwk;
  readonly signer: Signer;
}

/** A network of so many issuers on a chain in this process, whose blocks one operator attests. */
export async function openGateChain(count: number) {
  const { ethers } = await hardhat.create();
  const [council] = await ethers.getSigners();
  if (council === undefined) throw new Error("The chain has no accounts");
  const forwarder = await ethers.deployContract("ERC2771Forwarder", ["Mapae"]);
  const did = await ethers.deployContract("DidRegistry", [forwarder.target]);
  const trust = await ethers.deployContract("TrustRegistry", [forwarder.target, did.target, council, council]);
  const status = await ethers.deployContract("StatusRegistry", [forwarder.target, did.target, trust.target]);
  const call = async (contract: BaseContract, by: Account, name: string, ...args: unknown[]) => {
    const sent = await (contract.connect(by) as BaseContract).getFunction(name)(...args);
    await sent.wait();
  };
  const described = async (contract: BaseContract) => {
    const address = String(contract.target).toLowerCase() as Address;
    return { address, codeHash: keccak256((await ethers.provider.getCode(address)) as Hash) };
  };
  const operator = signerOf(newKey(`${OPERATOR}bench`, "ES256"));
  const one = await described(forwarder);
  const network: NetworkDescriptor = {
    version: 1,
    name: "local",
    chainId: 31_337,
    genesisHash: (await ethers.provider.getBlock(0))?.hash as Hash,
    consensus: { kind: "attested", threshold: 1, operators: [{ name: "bench", key: { ...operator.jwk } }] },
    finality: { kind: "instant" },
    deployments: [
      {
        fromBlock: 1,
        ...{ forwarder: one, timelock: one, recovery: one, seat: one },
        registries: { did: await described(did), trust: await described(trust), status: await described(status) },
        slots: { heads: 0, root: 1, identities: 2 },
      },
    ],
    previous: null,
    signatures: [],
  };
  const rpc: Rpc = (calls) =>
    Promise.all(
      calls.map(([method, params]) =>
        ethers.provider.send(method, [...params]).catch((cause: unknown) => {
          throw new RpcError(method, { code: -32_000, message: String(cause) });
        }),
      ),
    );

  const typeId = id(TYPE) as Hash;
  await call(trust, council, "addType", TYPE, TYPE, id("schema"));
  const name = ethers.encodeBytes32String("did/pub/P256/veriKey");

  async function publish({ address, account }: Pick<BenchIssuer, "address" | "account">, signer: Signer) {
    if (signer.jwk.kty !== "EC") throw new Error("The bench has keys of P-256");
    const [x, y] = [signer.jwk.x, signer.jwk.y].map((part) => Buffer.from(part, "base64url"));
    const value = Buffer.concat([Buffer.of(((y?.at(-1) ?? 0) & 1) === 1 ? 3 : 2), x ?? Buffer.alloc(0)]);
    await call(did, account, "setAttribute", address, name, value, 365 * 86_400);
  }

  async function accredit(by: Account, parent: Hash | null, to: BenchIssuer): Promise<Hash> {
    const terms = [to.address, 0, FAR, parent === null, "발급기관"];
    if (parent === null) await call(trust, by, "grantRoot", typeId, ...terms);
    else await call(trust, by, "grant", parent, ...terms);
    const grant = grantIdOf({ typeId, subject: to.address, parent, number: 0 });
    await call(trust, to.account, "accept", grant);
    return grant;
  }

  async function issuerAt(at: number): Promise<BenchIssuer> {
    const address = `0x${keccak256(at).slice(-40)}` as Address;
    const account = await ethers.getImpersonatedSigner(address);
    await ethers.provider.send("hardhat_setBalance", [address, "0x56bc75e2d63100000"]);
    const key = newKey(formatDid("local", address), "ES256");
    return { address, account, key, signer: signerOf(key) };
  }

  const issuers: BenchIssuer[] = [];
  let root: Hash | null = null;
  for (let at = 0; at < count; at++) {
    const issuer = await issuerAt(at);
    // One key that was rotated, and one that is used.
    await publish(issuer, signerOf(newKey(formatDid("local", issuer.address), "ES256")));
    await publish(issuer, issuer.signer);
    const grant = await accredit(root === null ? council : (issuers[0] as BenchIssuer).account, root, issuer);
    root ??= grant;
    issuers.push(issuer);
  }

  return {
    network,
    rpc,
    reader: rpcReader(rpc),
    operator,
    issuers,
    /** Rotates the key of an issuer. */
    rotate: (issuer: BenchIssuer) => publish(issuer, signerOf(newKey(formatDid("local", issuer.address), "ES256"))),
    async createList({ address, account }: BenchIssuer, baseUri: string): Promise<Hash> {
      await call(status, account, "createList", address, 0, LIST_SIZE, typeId, baseUri);
      return listIdOf(address, 0n);
    },
    /** Revokes credentials, some chunks in each transaction. */
    async revoke({ account }: BenchIssuer, list: Hash, indexes: Iterable<number>): Promise<void> {
      const chunks = new Map<number, bigint>();
      for (const index of indexes) {
        const chunk = Math.floor(index / 256);
        chunks.set(chunk, (chunks.get(chunk) ?? 0n) | (1n << BigInt(index % 256)));
      }
      // The contract takes them in ascending order.
      const changes = [...chunks].sort(([a], [b]) => a - b).map(([word, revoke]) => [word, revoke, 0, 0]);
      for (let from = 0; from < changes.length; from += WORDS_AT_ONCE)
        await call(status, account, "update", list, changes.slice(from, from + WORDS_AT_ONCE), id("reason"));
    },
    checkpoint: ({ account }: BenchIssuer, list: Hash) => call(status, account, "checkpoint", list, 0, LIST_SIZE / 256),
  };
}

export type GateChain = Awaited<ReturnType<typeof openGateChain>>;
