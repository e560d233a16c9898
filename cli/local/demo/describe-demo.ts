import type { NetworkDescriptor } from "../../../resolver/index.ts";
import type { IssuedCredential } from "./issue-credentials.ts";
import type { SeededDid } from "./seed.ts";
import type { SeededTrust } from "./seed-trust.ts";
import type { SeededVerifier } from "./seed-verifiers.ts";

/** The facts of a demo after it was written. */
export interface WrittenDemo {
  readonly chainUrl: string;
  readonly nodeUrl: string;
  readonly network: NetworkDescriptor;
  readonly dids: readonly SeededDid[];
  readonly trust: SeededTrust;
  readonly verifiers: readonly SeededVerifier[];
  readonly credentials: readonly IssuedCredential[];
}

/** The content of `.mapae/local/demo.json`. */
export function describeDemo(facts: WrittenDemo): Record<string, unknown> {
  const { chainUrl, nodeUrl, network, dids, trust, verifiers, credentials } = facts;
  return {
    remark:
      "ownerKey are Hardhat's development keys, which the whole world knows: never use them on another network. " +
      "status is that of GET {node}/1.0/identifiers/{did}.",
    chain: chainUrl,
    node: nodeUrl,
    network: network.name,
    registry: network.deployments[0]?.registries.did.address,
    dids,
    ...trust,
    verifiers,
    credentials,
  };
}
