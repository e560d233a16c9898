import { type BaseContract, encodeBytes32String, type Signer } from "ethers";
import { type Account, type Contracts, gasOf } from "../stage/contracts.ts";

const FAR = 4_000_000_000n;

/** Gas of a change of an account's DID, sent directly and relayed by another account. */
export async function relayGas({ did, forwarder }: Contracts, account: Account) {
  const name = encodeBytes32String("x");
  const data = did.interface.encodeFunctionData("setAttribute", [account.address, name, "0x01", 60]);
  const send = () => gasOf(account.sendTransaction({ to: did.target, data }));
  await send();
  const direct = await send();
  // The first request of an account writes a new nonce; the second is what every later one costs.
  await relay(forwarder, did, account, data);
  return { direct, relayed: await relay(forwarder, did, account, data) };
}

/** Gas of relaying a signed request with one call. */
async function relay(forwarder: BaseContract, to: BaseContract, signer: Signer, data: string): Promise<number> {
  const from = await signer.getAddress();
  const nonce = await forwarder.getFunction("nonces")(from);
  const message = { from, to: to.target, value: 0, gas: 500_000, nonce, deadline: FAR, data };
  const { chainId, name, version, verifyingContract } = await forwarder.getFunction("eip712Domain")();
  const types = { from: "address", to: "address", value: "uint256", gas: "uint256", nonce: "uint256" };
  const fields = Object.entries({ ...types, deadline: "uint48", data: "bytes" }).map(([field, type]) => ({
    name: field,
    type,
  }));
  const domain = { chainId, name, version, verifyingContract };
  const signature = await signer.signTypedData(domain, { ForwardRequest: fields }, message);
  return gasOf(forwarder.getFunction("execute")({ ...message, signature }));
}
