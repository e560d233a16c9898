import { attest } from "../../../node/attestations/attest.ts";
import { makeEnvelope } from "../../../node/proofs/make-envelope.ts";
import { rpcReader } from "../../../resolver/chain/rpc/rpc-reader.ts";
import { currentDeployment } from "../../../resolver/network.ts";
import { type Address, type Hash, type Hex, word } from "../../../resolver/primitives/hex.ts";
import type { EnvelopeSubject, ProofEnvelope } from "../../../resolver/proofs/envelope.ts";
import { REGISTRY_OF, type SubjectKind } from "../../../resolver/registry-event.ts";
import { describeRegistries, inProcessRpc } from "../../helpers/network.ts";
import { attestedBy, makeOperator } from "../../helpers/operators.ts";
import type { Registries } from "../../helpers/registries.ts";

/** A network of registries on a chain in this process, whose blocks 2 of 3 operators attest. */
export async function attestedNetwork(registries: Registries) {
  const operators = ["행정안전부", "경찰청", "국세청"].map((name) => makeOperator(name));
  const network = attestedBy(await describeRegistries(registries), operators, 2);
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
    const attested = { ...block, genesisHash: network.genesisHash };
    const attestations = await Promise.all(operators.slice(0, 2).map((operator) => attest(operator, attested)));
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
