import { encodeBytes32String, id } from "ethers";
import { parseKey } from "../../../cli/did/key-input.ts";
import { newKey, type PrivateJwk, signerOf } from "../../../node/issuing/key-file.ts";
import { OPERATOR } from "../../../node/issuing/operator.ts";
import type { Signer } from "../../../node/issuing/signer.ts";
import {
  type Address,
  formatDid,
  type Hash,
  listIdOf,
  type Rpc,
  RpcError,
  rpcReader,
} from "../../../resolver/index.ts";
import { keccak256 } from "../../../resolver/primitives/keccak.ts";
import { revocationsOf } from "../lists/indexes.ts";
import { accredit } from "../stage/accredit.ts";
import { type Account, type Contracts, call, openContracts } from "../stage/contracts.ts";
import { describe } from "./descriptor.ts";
import { LIST_SIZE, TYPE } from "./facts.ts";

/** Chunks of a list per transaction. */
const WORDS_AT_ONCE = 256;

/** An issuer with a DID, two keys and a grant. */
export interface BenchIssuer {
  readonly address: Address;
  readonly account: Account;
  readonly key: PrivateJwk;
  readonly signer: Signer;
}

/** Opens a network with `count` issuers on a chain in this process. One operator attests its blocks. */
export async function openGateChain(count: number) {
  const contracts = await openContracts();
  const { council, trust, status } = contracts;
  const typeId = id(TYPE) as Hash;
  await call(trust, council, "addType", TYPE, TYPE, id("schema"));
  const issuers: BenchIssuer[] = [];
  let root: { holder: Account; grant: Hash } | undefined;
  for (let at = 0; at < count; at++) {
    const issuer = await issuerAt(contracts, at);
    // A key that was rotated, and the one in use.
    await rotate(contracts, issuer);
    await publish(contracts, issuer, issuer.signer);
    const below = root === undefined ? {} : { below: root };
    const terms = { typeId, to: issuer.account, mayAccredit: root === undefined, label: "발급기관", ...below };
    const grant = await accredit(contracts, terms);
    root ??= { holder: issuer.account, grant };
    issuers.push(issuer);
  }
  const operator = signerOf(newKey(`${OPERATOR}bench`, "ES256"));
  const rpc = rpcOf(contracts);
  const reader = rpcReader(rpc);
  return {
    network: await describe(contracts, operator),
    rpc,
    reader,
    operator,
    issuers,
    newest: async () => (await reader.header("latest"))?.number ?? 0,
    rotate: (issuer: BenchIssuer) => rotate(contracts, issuer),
    async createList({ address, account }: BenchIssuer, baseUri: string): Promise<Hash> {
      await call(status, account, "createList", address, 0, LIST_SIZE, typeId, baseUri);
      return listIdOf(address, 0n);
    },
    /** Revokes credentials, with several chunks in each transaction. */
    async revoke({ account }: BenchIssuer, list: Hash, indexes: Iterable<number>): Promise<void> {
      const changes = revocationsOf(indexes);
      for (let from = 0; from < changes.length; from += WORDS_AT_ONCE)
        await call(status, account, "update", list, changes.slice(from, from + WORDS_AT_ONCE), id("reason"));
    },
    checkpoint: ({ account }: BenchIssuer, list: Hash) => call(status, account, "checkpoint", list, 0, LIST_SIZE / 256),
  };
}

export type GateChain = Awaited<ReturnType<typeof openGateChain>>;

async function issuerAt({ ethers }: Contracts, at: number): Promise<BenchIssuer> {
  const address = `0x${keccak256(at).slice(-40)}` as Address;
  const account = await ethers.getImpersonatedSigner(address);
  await ethers.provider.send("hardhat_setBalance", [address, "0x56bc75e2d63100000"]);
  const key = newKey(formatDid("local", address), "ES256");
  return { address, account, key, signer: signerOf(key) };
}

/** Publishes another key of an issuer, which is not used for signing. */
function rotate(contracts: Contracts, issuer: BenchIssuer): Promise<void> {
  return publish(contracts, issuer, signerOf(newKey(formatDid("local", issuer.address), "ES256")));
}

async function publish({ did }: Contracts, { address, account }: BenchIssuer, signer: Signer): Promise<void> {
  const { value } = parseKey(signer.jwk);
  await call(did, account, "setAttribute", address, encodeBytes32String("did/pub/P256/veriKey"), value, 365 * 86_400);
}

/** The chain's RPC for a node. */
function rpcOf({ ethers }: Contracts): Rpc {
  return (calls) =>
    Promise.all(
      calls.map(([method, params]) =>
        ethers.provider.send(method, [...params]).catch((cause: unknown) => {
          throw new RpcError(method, { code: -32_000, message: String(cause) });
        }),
      ),
    );
}
