/**
 * Stands in for `src/__tests__/testUtils.ts` of `ethr-did-resolver`: exports what that one does, but the registry on the chain is
 * ours, and its block's time is the clock, so that no test depends on how fast a machine is. The stock library's ABI is what its
 * tests call the registry by, as a tool for ERC-1056 does.
 */
import { setTimeout as pause } from "node:timers/promises";
import { Resolver } from "did-resolver";
import {
  BrowserProvider,
  Contract,
  type Eip1193Provider,
  type InterfaceAbi,
  NonceManager,
  toBeHex,
  Wallet,
} from "ethers";
import { EthereumDIDRegistry, getResolver } from "ethr-did-resolver";
import { network } from "hardhat";

/** The chain id in the tests' expectations. */
const CHAIN_ID = 1_337;

/** Number of transactions that the tests expect in one block. */
const IN_ONE_BLOCK = 2;

/** Methods that may make a block. */
const MINING = new Set(["eth_sendTransaction", "eth_sendRawTransaction", "evm_mine"]);

// The stock types name ethers' CommonJS declarations, ours its ESM ones: the same classes, but not to the compiler.
type StockOptions = Parameters<typeof getResolver>[0];

/** The clock in Unix milliseconds: the newest block's time, and the time slept since. */
let clock = Date.now();

globalThis.Date = class extends Date {
  constructor(...given: unknown[]) {
    super(...((given.length === 0 ? [clock] : given) as [number]));
  }

  static override now(): number {
    return clock;
  }
} as DateConstructor;

/** Wraps the chain so that the clock follows its blocks. */
function withClock(rpc: Eip1193Provider): Eip1193Provider {
  return {
    async request(call) {
      const answer: unknown = await rpc.request(call);
      if (MINING.has(call.method)) {
        const { timestamp } = await rpc.request({ method: "eth_getBlockByNumber", params: ["latest", false] });
        clock = Number(timestamp) * 1_000;
      }
      return answer;
    },
  };
}

/** Starts a new chain with Mapae's registry, and the stock resolver for it. */
export async function deployRegistry() {
  const { ethers, provider: rpc } = await network.create({ network: "default", override: { chainId: CHAIN_ID } });
  const forwarder = await ethers.deployContract("ERC2771Forwarder", ["Mapae forwarder"]);
  const deployed = await ethers.deployContract("DidRegistry", [await forwarder.getAddress()]);
  const registry = await deployed.getAddress();

  const provider = new BrowserProvider(withClock(rpc), undefined, { cacheTimeout: -1 });
  const abi = EthereumDIDRegistry.abi as object as InterfaceAbi;
  const registryContract = new Contract(registry, abi, await provider.getSigner(0));
  const didResolver = new Resolver(getResolver({ name: "dev", provider, registry } as object as StockOptions));
  return { registryContract, didResolver, provider };
}

/** An account with funds and a key, and its identifiers in the stock library. */
export async function randomAccount(provider: BrowserProvider) {
  const { address, signingKey: privKey } = Wallet.createRandom();
  const pubKey = privKey.compressedPublicKey;
  const signer = new NonceManager(new Wallet(privKey, provider));
  await provider.send("hardhat_setBalance", [address, toBeHex(10n ** 24n)]);
  return { privKey, pubKey, signer, address, shortDID: `did:ethr:dev:${address}`, longDID: `did:ethr:dev:${pubKey}` };
}

/** Sleeps, and advances the clock. */
export async function sleep(milliseconds: number): Promise<void> {
  clock += milliseconds;
}

export function stopMining(provider: BrowserProvider): Promise<unknown> {
  return provider.send("evm_setAutomine", [false]);
}

/** Waits until the sent transactions are in the pool, and mines them in one block. */
export async function startMining(provider: BrowserProvider): Promise<unknown> {
  for (;;) {
    const { transactions } = await provider.send("eth_getBlockByNumber", ["pending", false]);
    if (transactions.length === IN_ONE_BLOCK) break;
    await pause(10);
  }
  await provider.send("evm_setAutomine", [true]);
  return provider.send("evm_mine", []);
}
