import type { NetworkDescriptor } from "../../network.ts";
import type { AskNodes } from "../../nodes/agreement.ts";
import { expectCovered } from "../proof-error.ts";
import type { ProvenState } from "../proven-state.ts";
import { type ProvenEnvelope, verifyEnvelope } from "../verify-envelope.ts";
import { expectNotOlder, type KnownBlocks, remember } from "./known-blocks.ts";

/** The nodes to ask for proofs, and what a proof has to satisfy. */
export interface AskProvenOptions {
  readonly descriptor: NetworkDescriptor;
  /** Asks the nodes, each until one proves its answer. */
  readonly ask: AskNodes;
  /** The verifier's clock, in Unix seconds. */
  readonly now: () => number;
  /** Highest age of the block of a proof, in seconds. */
  readonly maxAge: number;
  readonly known: KnownBlocks;
}

/** What is to be proven. */
export interface ProofRequest {
  /** What the proof is about, for an error's message. */
  readonly about: string;
  /** The path of a node's route. */
  readonly path: string;
  /** Reads everything from the state that the answer needs; throws UnavailableError where the proof does not cover it. */
  readonly expect: (state: ProvenState) => void;
}

/** A proof, and the node that gave it. */
export interface ProvenByNode extends ProvenEnvelope {
  readonly node: string;
}

/**
 * Asks nodes, one after the other, until one proves what is wanted.
 *
 * @throws ProofError when a node answered and none proved it; UnavailableError when none could be asked.
 */
export async function askProven(
  { descriptor, ask, now, maxAge, known }: AskProvenOptions,
  { about, path, expect }: ProofRequest,
): Promise<ProvenByNode> {
  const [first] = await ask<ProvenEnvelope>({
    about,
    async ask(node) {
      const before = known.get(descriptor.name);
      const trusted = before?.validators && {
        block: before.number,
        validators: before.validators,
        first: before.first,
      };
      const { body } = await node.get(path);
      const proven = await verifyEnvelope(descriptor, body, { now: now(), maxAge, trusted });
      expectNotOlder(proven, before);
      expectCovered(() => expect(proven.state));
      remember(known, descriptor.name, proven);
      return proven;
    },
    keyOf: ({ asOf }) => asOf.hash,
    describe: ({ asOf }) => `block ${asOf.number}`,
  });
  return { ...first.answer, node: first.node.name };
}
