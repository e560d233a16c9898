import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import {
  type BaseContract,
  ContractFactory,
  type ContractTransactionResponse,
  concat,
  type Signer,
  ZeroAddress,
} from "ethers";

// Safes with the unmodified bytecode from the authors' package.

const require = createRequire(import.meta.url);
const FOLDER = "@safe-global/safe-smart-account/build/artifacts/contracts";

/** Repeated here, so that the tests of the contracts do not depend on the code of `mapae council`. */
const SAFE_TX = {
  SafeTx: [
    { name: "to", type: "address" },
    { name: "value", type: "uint256" },
    { name: "data", type: "bytes" },
    { name: "operation", type: "uint8" },
    { name: "safeTxGas", type: "uint256" },
    { name: "baseGas", type: "uint256" },
    { name: "gasPrice", type: "uint256" },
    { name: "gasToken", type: "address" },
    { name: "refundReceiver", type: "address" },
    { name: "nonce", type: "uint256" },
  ],
};

/** An account that signs for a Safe. */
export interface Owner extends Pick<Signer, "signTypedData"> {
  readonly address: string;
}

/** An account of m of n keys. */
export interface Safe {
  readonly address: string;
  readonly contract: BaseContract;
  /** Makes a call from the Safe, signed by some of its owners. */
  call(signers: readonly Owner[], to: unknown, data: string): Promise<ContractTransactionResponse>;
}

async function artifact(path: string): Promise<{ abi: object[]; bytecode: string }> {
  return JSON.parse(await readFile(require.resolve(`${FOLDER}/${path}.json`), "utf8"));
}

/** Creates Safes on a chain, with an account that sends and pays for everything. */
export async function safeFounder({ relayer }: { readonly relayer: Signer }) {
  const safe = await artifact("Safe.sol/Safe");
  const proxies = await artifact("proxies/SafeProxyFactory.sol/SafeProxyFactory");
  const deploy = async ({ abi, bytecode }: Awaited<ReturnType<typeof artifact>>) =>
    (await new ContractFactory(abi, bytecode, relayer).deploy()).waitForDeployment();
  const [singleton, factory] = [await deploy(safe), await deploy(proxies)];
  let salt = 0n;

  return async (owners: readonly Owner[], threshold: number): Promise<Safe> => {
    const addresses = owners.map(({ address }) => address);
    const setup = [addresses, threshold, ZeroAddress, "0x", ZeroAddress, ZeroAddress, 0n, ZeroAddress];
    const create = factory.getFunction("createProxyWithNonce");
    const args = [singleton.target, singleton.interface.encodeFunctionData("setup", setup), salt++];
    const address: string = await create.staticCall(...args);
    await (await create(...args)).wait();
    const contract = singleton.attach(address) as BaseContract;
    const { chainId } = (await relayer.provider?.getNetwork()) ?? assert.fail("the relayer has no provider");

    const call: Safe["call"] = async (signers, to, data) => {
      const nonce = await contract.getFunction("nonce")();
      const fixed = { value: 0n, operation: 0, safeTxGas: 0n, baseGas: 0n, gasPrice: 0n };
      const message = { to, data, ...fixed, gasToken: ZeroAddress, refundReceiver: ZeroAddress, nonce };
      // A Safe requires signatures in ascending order of their signers.
      const sorted = [...signers].sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
      const domain = { chainId, verifyingContract: address };
      const signatures = await Promise.all(sorted.map((owner) => owner.signTypedData(domain, SAFE_TX, message)));
      const { value, operation, safeTxGas, baseGas, gasPrice } = fixed;
      const payment = [safeTxGas, baseGas, gasPrice, ZeroAddress, ZeroAddress];
      return contract.getFunction("execTransaction")(to, value, data, operation, ...payment, concat(signatures));
    };
    assert.equal(await contract.getFunction("getThreshold")(), BigInt(threshold));
    return { address, contract, call };
  };
}
