import { advanceDid, type HeadlessDid } from "../../../resolver/did/apply-event.ts";
import { decodeDidLog } from "../../../resolver/did/decode-log.ts";
import type { MapaeDid } from "../../../resolver/did/did.ts";
import { ResolutionError } from "../../../resolver/errors.ts";
import { currentDeployment, type NetworkDescriptor } from "../../../resolver/network.ts";
import { type Hash, type Hex, ZERO_HASH } from "../../../resolver/primitives/hex.ts";
import type { ProofEnvelope } from "../../../resolver/proofs/envelope.ts";
import type { VersionOptions } from "../../../resolver/resolution/resolve.ts";
import {
  answerMetadata,
  type Resolution,
  resolveLatest,
  resolveVersion,
} from "../../../resolver/resolution/resolve.ts";
import type { ReadyProof } from "../../proofs/proofs.ts";
import { type Answer, json } from "../answer.ts";
import { RESULT, type Wanted } from "../negotiation/accept.ts";
import { problemOf } from "../problem.ts";
import { type AnswerFacts, documentAnswer } from "./document-answer.ts";
import { readyDocument } from "./ready-documents.ts";

export interface ProvenAnswerOptions {
  readonly network: NetworkDescriptor;
  readonly did: MapaeDid;
  readonly version: VersionOptions;
  readonly proof: ReadyProof;
  readonly wanted: Wanted;
  /** Unix time in seconds. */
  readonly now: number;
  readonly facts: Omit<AnswerFacts, "resolutionMetadata">;
}

/**
 * A resolution result with the envelope that proves it, as `didResolutionMetadata.proof`. The document is built from the
 * events of the envelope, so that both hold as of the same block.
 */
export async function provenAnswer(options: ProvenAnswerOptions): Promise<Answer> {
  const { proof, wanted, facts } = options;
  const envelope = JSON.parse(proof.bytes.toString()) as ProofEnvelope;
  try {
    const resolution = await resolutionOf(options, envelope);
    const { asOf } = answerMetadata({ ...proof.block, finalizedBlock: proof.block.number }, options.now);
    const resolutionMetadata = { ...resolution.resolutionMetadata, asOf, proof: envelope };
    return documentAnswer(readyDocument(resolution, wanted.representation), wanted, { ...facts, resolutionMetadata });
  } catch (error) {
    if (!(error instanceof ResolutionError) || error.code !== "NOT_FOUND") throw error;
    const body = {
      didDocument: null,
      didDocumentMetadata: {},
      didResolutionMetadata: { error: problemOf(error), proof: envelope },
    };
    return json(body, { status: 404, type: RESULT });
  }
}

async function resolutionOf(
  { network, did, version, proof, now }: ProvenAnswerOptions,
  { subjects: [subject] }: ProofEnvelope,
): Promise<Resolution> {
  const { address } = currentDeployment(network).registries.did;
  const asOf = { ...proof.block, finalizedBlock: proof.block.number };
  const context = { did, chainId: network.chainId, asOf, now };
  const events = (subject?.events ?? []).map(({ block, time, topics, data }, logIndex) => {
    const place = { blockNumber: block, blockHash: ZERO_HASH, transactionHash: ZERO_HASH, logIndex };
    return decodeDidLog({ address, topics: topics as Hash[], data: data as Hex, ...place }, time);
  });
  if (version.versionId !== undefined || version.versionTime !== undefined)
    return resolveVersion(context, events, version);
  const state = events.reduce<HeadlessDid | undefined>(advanceDid, undefined);
  return resolveLatest(context, state);
}
