import { encodeBytes32String, hexlify, Interface, JsonRpcProvider, toUtf8Bytes } from "ethers";
import { didRegistryAbi } from "../../../resolver/abi.ts";
import {
  type Address,
  currentDeployment,
  httpRpc,
  type NetworkDescriptor,
  type Rpc,
  rpcReader,
} from "../../../resolver/index.ts";
import { keccak256 } from "../../../resolver/primitives/keccak.ts";
import { deployBenchNetwork } from "../stage/deploy.ts";
import { openFolder } from "../stage/folder.ts";
import { startServer } from "../stage/program.ts";

const YEAR = 365 * 86_400;
/** Placeholders for an identity and a key in the encoded calls. */
const ANY_IDENTITY = `0x${"1d".repeat(20)}`;
const ANY_KEY = `0x02${"5e".repeat(32)}`;
/** Accounts that are unlocked in one batch. */
const UNLOCKED_AT_ONCE = 500;

/** Distribution of events over blocks. Each DID is written by its own transaction. */
export interface Shape {
  readonly dids: number;
  readonly didsABlock: number;
  /** `created`: two keys and a service, three events; `changed`: one key, one event. */
  readonly what: "created" | "changed";
}

/** A chain in its own process, with the registries and many DIDs. */
export interface BulkChain extends AsyncDisposable {
  readonly url: string;
  readonly descriptor: NetworkDescriptor;
  /** Path of the descriptor's file. */
  readonly file: string;
  /** Number of the newest block. */
  readonly head: number;
  readonly dids: number;
  readonly events: number;
}

/** Starts a chain, deploys the registries and writes DIDs. */
export async function startBulkChain(shape: Shape): Promise<BulkChain> {
  const folder = await openFolder();
  const server = await startServer(new URL("chain.ts", import.meta.url));
  const { url } = server;
  const rpc = httpRpc({ url, timeout: 120_000 });
  const reader = rpcReader(rpc);
  const provider = new JsonRpcProvider(url, await reader.chainId(), { staticNetwork: true, cacheTimeout: -1 });
  const signer = await provider.getSigner(0);
  const { descriptor, file } = await deployBenchNetwork({ signer, reader, folder: folder.path });
  provider.destroy();
  await rpc([["evm_setAutomine", [false]]]);
  await write(rpc, currentDeployment(descriptor).registries.did.address, shape);
  return {
    url,
    descriptor,
    file,
    head: (await reader.header("latest"))?.number ?? 0,
    dids: shape.dids,
    events: shape.dids * (shape.what === "created" ? 3 : 1),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder.remove();
    },
  };
}

async function write(rpc: Rpc, to: Address, { dids, didsABlock, what }: Shape): Promise<void> {
  const call = template(what);
  const identities = Array.from({ length: dids }, (_, at): Address => `0x${keccak256(at).slice(-40)}`);
  for (const some of chunks(identities, UNLOCKED_AT_ONCE)) {
    await rpc(some.map((identity) => ["hardhat_impersonateAccount", [identity]]));
  }
  for (const some of chunks(identities, didsABlock)) {
    await rpc(
      some.map((from) => {
        const data = call
          .replaceAll(ANY_IDENTITY.slice(2), from.slice(2))
          .replaceAll(ANY_KEY.slice(4), keccak256(from).slice(2));
        return ["eth_sendTransaction", [{ from, to, data, gas: "0x100000", gasPrice: "0x0" }]];
      }),
    );
    await rpc([["evm_mine", []]]);
  }
}

/** Data of a transaction with placeholders: encoding each one takes longer than executing it. */
function template(what: Shape["what"]): string {
  const registry = new Interface(didRegistryAbi);
  const set = (name: string, value: string) =>
    registry.encodeFunctionData("setAttribute", [ANY_IDENTITY, encodeBytes32String(name), value, YEAR]);
  const key = set("did/pub/P256/veriKey", ANY_KEY);
  if (what === "changed") return key;
  const service = set("did/svc/StatusLists/status", hexlify(toUtf8Bytes("https://issuer.example.go.kr/status-lists")));
  return registry.encodeFunctionData("multicall", [[key, set("did/pub/P256/sigAuth", ANY_KEY), service]]);
}

function* chunks<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
