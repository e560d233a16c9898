import { CompactSign, exportJWK, generateKeyPair } from "jose";
import { makeEnvelope } from "../../../node/proofs/make-envelope.ts";
import { rpcReader } from "../../../resolver/chain/rpc-reader.ts";
import { currentDeployment, type NetworkDescriptor } from "../../../resolver/network.ts";
import { type Address, type Hash, type Hex, word } from "../../../resolver/primitives/hex.ts";
import { ATTESTATION_TYPE, attestedBytes } from "../../../resolver/proofs/attested.ts";
import type { EnvelopeSubject, ProofEnvelope } from "../../../resolver/proofs/envelope.ts";
import { REGISTRY_OF, type SubjectKind } from "../../../resolver/registry-event.ts";
import { describeRegistries, inProcessRpc } from "../../helpers/network.ts";
import type { Registries } from "../../helpers/registries.ts";

/** Who attests blocks: an operator's name and key. */
export interface Operator {
  readonly name: string;
  readonly sign: (payload: Uint8Array) => Promise<string>;
  readonly jwk: Record<string, unknown>;
}

/** An operator with a fresh P-256 key. */
export async function makeOperator(name: string): Promise<Operator> {
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  const { kty, crv, x, y } = await exportJWK(publicKey);
  return {
    name,
    jwk: { kty, crv, x, y },
    async sign(payload) {
      const signer = new CompactSign(payload).setProtectedHeader({ alg: "ES256", kid: name, typ: ATTESTATION_TYPE });
      const [header, , signature] = (await signer.sign(privateKey)).split(".");
      return `${header}..${signature}`;
    },
  };
}

/** A network of registries on a chain in this process, whose blocks 2 of 3 operators attest. */
export async function attestedNetwork(registries: Registries) {
  const operators = await Promise.all(["행정안전부", "경찰청", "국세청"].map(makeOperator));
  const described = await describeRegistries(registries);
  const network: NetworkDescriptor = {
    ...described,
    consensus: { kind: "attested", threshold: 2, operators: operators.map(({ name, jwk }) => ({ name, key: jwk })) },
  };
  const rpc = inProcessRpc(registries);
  const reader = rpcReader(rpc);

  /** All that was ever written of a subject, as an envelope has it. */
  async function subject(kind: SubjectKind, id: Hex): Promise<EnvelopeSubject> {
    const { address } = currentDeployment(network).registries[REGISTRY_OF[kind]];
    const latest = await reader.header("latest");
    const logs = await reader.logs({
      addresses: [address],
      subject: word(id),
      fromBlock: 0,
      toBlock: latest?.number ?? 0,
    });
    const headers = await reader.headers(logs.map(({ blockNumber }) => blockNumber));
    const events = logs.map(({ topics, data, blockNumber }, at) => ({
      block: blockNumber,
      time: headers[at]?.time ?? 0,
      topics: [...topics],
      data,
    }));
    return { kind, id, events };
  }

  /** An envelope of the newest block, attested by the first two operators. */
  async function envelope(
    subjects: readonly EnvelopeSubject[],
    identities: readonly Address[] = [],
  ): Promise<ProofEnvelope> {
    const block = await reader.header("latest");
    if (block === null) throw new Error("The chain has no block");
    const payload = attestedBytes({ ...block, genesisHash: network.genesisHash });
    const attestations = await Promise.all(operators.slice(0, 2).map(({ sign }) => sign(payload)));
    return makeEnvelope(network, rpc, { block, subjects, identities, attestations, handovers: [] });
  }

  /** The time of the newest block, in Unix seconds. */
  const now = async () => (await reader.header("latest"))?.time ?? 0;
  return {
    network,
    operators,
    subject,
    envelope,
    now,
    reader,
    hashOf: async () => (await reader.header("latest"))?.hash as Hash,
  };
}
