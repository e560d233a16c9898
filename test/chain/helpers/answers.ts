import { developmentAccount } from "../../../cli/local/accounts.ts";
import type { RunningNode } from "../../../node/main.ts";
import { formatDid, parseDid } from "../../../resolver/index.ts";
import { all } from "../../helpers/all.ts";

/** Number of accounts whose DIDs are requested; some are never written. */
const ACCOUNTS = 12;

/** A node's answers by path: the status and the parsed body. */
type Answers = Readonly<Record<string, { status: number; body: unknown }>>;

/** A node's answers about all subjects of a network, including past versions of documents. */
export async function answersOf(node: RunningNode): Promise<Answers> {
  const answers: Record<string, { status: number; body: unknown }> = {};
  for (const did of didsOf(node.report().network)) {
    const events = await all(node.index.events("did", parseDid(did).address));
    const versions = events.map(({ block }) => `?versionId=${block}`);
    for (const query of ["", ...versions]) {
      const path = `/1.0/identifiers/${did}${query}`;
      const response = await fetch(`${node.url}${path}`);
      answers[path] = { status: response.status, body: withoutClock(await response.json()) };
    }
  }
  return answers;
}

/** HTTP statuses of a node's answers for the DIDs of some accounts. */
export function statusesOf(node: RunningNode, ...accounts: number[]): Promise<number[]> {
  const dids = accounts.map((account) => didOf(node.report().network, account));
  return Promise.all(dids.map(async (did) => (await fetch(`${node.url}/1.0/identifiers/${did}`)).status));
}

/** DIDs of a network, some of which the tests never write. */
export function didsOf(network: string): string[] {
  return Array.from({ length: ACCOUNTS }, (_, account) => didOf(network, account));
}

function didOf(network: string, account: number): string {
  return formatDid(network, developmentAccount(account).address);
}

/** An answer without the time at which it was given. */
function withoutClock(body: unknown): unknown {
  const { didResolutionMetadata, ...rest } = body as { didResolutionMetadata?: { at?: string } };
  return { ...rest, didResolutionMetadata: { ...didResolutionMetadata, at: undefined } };
}
