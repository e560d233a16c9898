import { Contract, encodeBytes32String, hexlify, type JsonRpcSigner, toUtf8Bytes } from "ethers";
import { didRegistryAbi } from "../../../resolver/abi.ts";
import { currentDeployment, type NetworkDescriptor } from "../../../resolver/index.ts";

const YEAR = 365 * 86_400;

/** A change of a DID: an attribute's name, and its value in hex. */
export type Change = readonly [name: string, value: string];

/** Writes `changes` changes of an account's DID, each in its own transaction and block. */
export async function writeChanges(
  descriptor: NetworkDescriptor,
  signer: JsonRpcSigner,
  changes: number,
  change: (at: number) => Change,
): Promise<void> {
  const registry = new Contract(currentDeployment(descriptor).registries.did.address, didRegistryAbi, signer);
  for (let at = 0; at < changes; at++) {
    const [name, value] = change(at);
    const sent = await registry.getFunction("setAttribute")(signer.address, encodeBytes32String(name), value, YEAR);
    await sent.wait();
  }
}

/** A change of a service to another endpoint, after which the document has the same size. */
export function anotherEndpoint(at: number, service = "did/svc/StatusLists/status"): Change {
  return [service, hexlify(toUtf8Bytes(`https://issuer.example.go.kr/${at}`))];
}
