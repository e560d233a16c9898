import {
  askNodes,
  type Fetch,
  issuerSchema,
  MapaeError,
  type NetworkDescriptor,
  nodesSnapshot,
  parseDid,
  UnavailableError,
} from "../../../resolver/index.ts";
import { MAX_ISSUER_BYTES } from "../../../resolver/nodes/http-node.ts";
import { recordingFetch, type StoredAnswer, type StoredAnswers } from "./stored-answers.ts";

/** Longest status list token that is stored, in bytes; even a list of a million random statuses has a shorter one. */
const MAX_LIST_BYTES = 400_000;

/** A network, the nodes to ask about it, and how many of them have to answer the same. */
export interface Network {
  readonly descriptor: NetworkDescriptor;
  readonly nodes: readonly string[];
  readonly agreement: number;
}

/**
 * Fetches all public facts about some DIDs, for later use without a network: every event, every grant up to the root, every
 * status list. A node learns that somebody fetches them, but not why, because everybody fetches the same DIDs.
 *
 * @throws UnavailableError, NodesDisagreeError
 */
export async function takeEvidence(
  { descriptor, nodes, agreement }: Network,
  dids: readonly string[],
  fetch: Fetch,
): Promise<StoredAnswers> {
  const answers: Record<string, StoredAnswer> = {};
  const record = recordingFetch(answers, fetch, MAX_ISSUER_BYTES);
  const recordList = recordingFetch(answers, fetch, MAX_LIST_BYTES);
  const ask = askNodes({ descriptor, nodes, agreement, fetch: record, now: () => Math.floor(Date.now() / 1_000) });
  for (const text of new Set(dids)) {
    const did = parseDid(text);
    await nodesSnapshot(ask, descriptor, did);
    const found = nodes.map((node) => answers[`${base(node)}/issuers/${text}`]).find((answer) => answer !== undefined);
    if (found === undefined) continue;
    for (const { number } of issuerSchema.parse(JSON.parse(found.body)).lists) {
      await takeList(nodes, `/status-lists/${did.address}/${number}`, recordList);
    }
  }
  return answers;
}

/** A list that is not signed now is left out: the status of its credentials is then unknown, which admits nobody. */
async function takeList(nodes: readonly string[], path: string, fetch: Fetch): Promise<void> {
  for (const node of nodes) {
    try {
      const headers = { accept: "application/statuslist+jwt" };
      const response = await fetch(`${base(node)}${path}`, { headers, signal: AbortSignal.timeout(10_000) });
      if (response.ok) return;
    } catch (error) {
      if (error instanceof MapaeError && !(error instanceof UnavailableError)) throw error;
    }
  }
}

/** A node's URL without a slash at the end, as the library uses it. */
export function base(node: string): string {
  return node.replace(/\/+$/, "");
}
