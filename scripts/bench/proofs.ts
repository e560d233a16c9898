import type { JsonRpcSigner } from "ethers";
import { attest } from "../../node/attestations/attest.ts";
import { newKey, signerOf } from "../../node/issuing/key-file.ts";
import { OPERATOR, type Operator } from "../../node/issuing/operator.ts";
import { makeEnvelope } from "../../node/proofs/make-envelope.ts";
import {
  type Address,
  currentDeployment,
  type EnvelopeSubject,
  httpRpc,
  type NetworkDescriptor,
  type ProofEnvelope,
  rpcReader,
  verifyEnvelope,
} from "../../resolver/index.ts";
import { word } from "../../resolver/primitives/hex.ts";
import type { Row } from "./measuring/row.ts";
import { compare } from "./measuring/timing.ts";
import type { Sizes } from "./sizes.ts";
import { openStage, type Stage } from "./stage/chain-and-node.ts";
import { anotherEndpoint, writeChanges } from "./stage/changes.ts";

/** Number of changes of each proven DID. */
const CHANGES = [1, 10] as const;
/** Threshold and number of the operators that attest the block. */
const [THRESHOLD, OPERATORS] = [5, 7];
const YEAR = 365 * 86_400;
/** Maximum size of an envelope of a DID in bytes, and maximum time of its verification in milliseconds. */
const [MOST_BYTES, MOST_MS] = [20_000, 30];

/** The size of an envelope of a DID, and the time in which a verifier checks it. */
export async function proofRows({ others, rounds }: Sizes["proofs"]): Promise<Row[]> {
  await using stage = await openStage();
  const operators = Array.from({ length: OPERATORS }, (_, at): Operator => {
    const name = `operator ${at}`;
    return { name, signer: signerOf(newKey(`${OPERATOR}${name}`, "ES256")) };
  });
  const network = attestedBy(stage.descriptor, operators);
  const accounts = await Promise.all(
    Array.from({ length: CHANGES.length + others }, (_, at) => stage.provider.getSigner(at + 1)),
  );
  const rows: Row[] = [];
  for (const [at, account] of accounts.entries())
    await writeChanges(stage.descriptor, account, CHANGES[at] ?? 1, anotherEndpoint);
  for (const [at, changes] of CHANGES.entries()) {
    const account = (accounts[at] as JsonRpcSigner).address.toLowerCase() as Address;
    rows.push(...(await rowsOf(await envelopeOf(stage, network, operators, account), { network, changes, rounds })));
  }
  return rows;
}

interface Proven {
  readonly network: NetworkDescriptor;
  readonly changes: number;
  readonly rounds: number;
}

async function rowsOf(envelope: ProofEnvelope, { network, changes, rounds }: Proven): Promise<Row[]> {
  const text = JSON.stringify(envelope);
  const now = Math.floor(Date.now() / 1_000);
  const verify = () => verifyEnvelope(network, JSON.parse(text), { now, maxAge: YEAR });
  const { state } = await verify();
  if (state.ids("did").length !== 1) throw new Error("The envelope proves no DID");
  const times = { ours: 20, theirs: 20 };
  // The peer is not used, because the goal is an absolute time.
  const { ours } = await compare({ ours: verify, theirs: async () => JSON.parse(text), times, rounds });
  const size = `a DID with ${changes} changes`;
  return [
    { topic: "proof: an envelope", size, peer: "20 kB", ours: text.length, theirs: MOST_BYTES, unit: "bytes", goal: 1 },
    { topic: "proof: verify it", size, peer: "30 ms", ours, theirs: MOST_MS, unit: "ms", goal: 1 },
  ];
}

async function envelopeOf(
  { rpcUrl }: Stage,
  network: NetworkDescriptor,
  operators: readonly Operator[],
  account: Address,
): Promise<ProofEnvelope> {
  const rpc = httpRpc({ url: rpcUrl });
  const reader = rpcReader(rpc);
  const block = await reader.header("latest");
  if (block === null) throw new Error("The chain has no block");
  const attested = { ...block, genesisHash: network.genesisHash };
  const attestations = await Promise.all(operators.slice(0, THRESHOLD).map((one) => attest(one, attested)));
  const { address } = currentDeployment(network).registries.did;
  const logs = await reader.logs({
    addresses: [address],
    subject: word(account),
    fromBlock: 0,
    toBlock: block.number,
  });
  const headers = await reader.headers(logs.map(({ blockNumber }) => blockNumber));
  const events = logs.map(({ topics, data, blockNumber }, at) => ({
    block: blockNumber,
    time: headers[at]?.time ?? 0,
    topics: [...topics],
    data,
  }));
  const subject: EnvelopeSubject = { kind: "did", id: account, events };
  return makeEnvelope(network, rpc, { block, subjects: [subject], identities: [], attestations, handovers: [] });
}

function attestedBy(network: NetworkDescriptor, operators: readonly Operator[]): NetworkDescriptor {
  const described = operators.map(({ name, signer }) => ({ name, key: { ...signer.jwk } }));
  return { ...network, consensus: { kind: "attested", threshold: THRESHOLD, operators: described } };
}
