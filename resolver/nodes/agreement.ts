import { NodesDisagreeError, ResolverOptionsError, UnavailableError } from "../errors.ts";
import { Preference } from "../http/preference.ts";
import type { Fetch } from "../http/request.ts";
import type { NetworkDescriptor } from "../network.ts";
import { type HttpNode, httpNode } from "./http-node.ts";

/** Nodes of one network, and how many of them have to answer the same. */
export interface NodesOptions {
  readonly descriptor: NetworkDescriptor;
  /** URLs of nodes of the network, in order of preference. */
  readonly nodes: readonly string[];
  /** How many of them have to answer the same; 1 unless given. */
  readonly agreement?: number | undefined;
  /** Milliseconds for a whole request to one node; 5 000 unless given. */
  readonly timeout?: number | undefined;
  readonly fetch?: Fetch | undefined;
  /** The verifier's clock, in Unix seconds. */
  readonly now: () => number;
}

/** What one node answered. */
export interface NodeAnswer<T> {
  readonly node: HttpNode;
  readonly answer: T;
}

/** A question to nodes. */
export interface NodesQuestion<T> {
  /** What the question is about, for an error's message. */
  readonly about: string;
  /** Asks one node. */
  readonly ask: (node: HttpNode) => Promise<T>;
  /** A key that is equal for equal answers, also when they are as of different blocks. */
  readonly keyOf: (answer: T) => string;
  /** A short description of an answer, for an error's message. */
  readonly describe: (answer: T) => string;
}

/** One or more equal answers. */
export type AgreeingAnswers<A> = readonly [A, ...A[]];

/**
 * Of answers that agree, the one with the earliest block by its time, and of several with that time the lowest. A node that
 * states a later time than it knows can't make the others' knowledge look fresh.
 */
export function earliestOf<A>(
  answers: readonly [A, ...A[]],
  asOf: (answer: A) => { readonly time: number; readonly number: number },
): A {
  return answers.reduce((a, b) => {
    const [one, other] = [asOf(a), asOf(b)];
    return other.time < one.time || (other.time === one.time && other.number < one.number) ? b : a;
  });
}

/** Asks nodes until enough of them agree. */
export type AskNodes = <T>(question: NodesQuestion<T>) => Promise<AgreeingAnswers<NodeAnswer<T>>>;

/**
 * Asks nodes in order of preference: the first one, and the next when it fails. With an agreement of k, it asks k nodes in
 * parallel, and then others in place of those that failed or differ.
 *
 * @returns a function that returns the answers that agree, at least k. It throws NodesDisagreeError when nodes differ and fewer
 * than k agree, and UnavailableError when too few could be asked and none differed.
 * @throws ResolverOptionsError for no node, a repeated node, an unusable URL, or an agreement of more nodes than there are.
 */
export function askNodes(options: NodesOptions): AskNodes {
  const { descriptor, agreement = 1, timeout = 5_000, fetch = globalThis.fetch, now } = options;
  const nodes = expectUsable(options).map((url) => httpNode({ url, chainId: descriptor.chainId, timeout, fetch }));
  const preference = new Preference(nodes, now);

  return async ({ about, ask, keyOf, describe }) => {
    type Answer = NodeAnswer<Awaited<ReturnType<typeof ask>>>;
    const askOne = async (node: HttpNode): Promise<Answer> => ({ node, answer: await preference.ask(node, ask) });
    const queue = preference.inOrder();
    const groups = new Map<string, Answer[]>();
    const failures: unknown[] = [];
    for (let largest: Answer[] = []; ; ) {
      const asked = queue.splice(0, agreement - largest.length);
      if (asked.length === 0) {
        const answers = [...groups.values()].map((group) =>
          group.map(({ node, answer }) => `${node.name} says ${describe(answer)}`),
        );
        throw disagreement(`Wanted ${agreement} nodes that agree on ${about}`, answers, failures);
      }
      for (const one of await Promise.allSettled(asked.map(askOne))) {
        if (one.status === "rejected") failures.push(one.reason);
        else {
          const key = keyOf(one.value.answer);
          groups.set(key, [...(groups.get(key) ?? []), one.value]);
        }
      }
      for (const group of groups.values()) if (group.length > largest.length) largest = group;
      const [first, ...others] = largest;
      if (first !== undefined && largest.length >= agreement) return [first, ...others];
    }
  };
}

/**
 * Asks nodes for answers with proofs: one answer is enough, and the next node is asked when a proof is missing or bad.
 * @throws ResolverOptionsError for a network on a chain, for an agreement, and as {@link askNodes} does.
 */
export function askForProofs(network: Omit<NodesOptions, "now"> | object, now: () => number): AskNodes {
  if (!("nodes" in network)) {
    throw new ResolverOptionsError("proofs are required, which nodes give: name nodes of the network, not its chain");
  }
  if ((network.agreement ?? 1) > 1) {
    throw new ResolverOptionsError("proofs are required, so that one node is enough: leave agreement out");
  }
  return askNodes({ ...network, now });
}

function expectUsable({ nodes, agreement = 1 }: NodesOptions): readonly string[] {
  // The message does not show the URL, which may contain a password.
  const unusable = nodes.findIndex((url) => !/^https?:\/\//.test(url) || !URL.canParse(url));
  if (unusable >= 0)
    throw new ResolverOptionsError(`nodes[${unusable}] is no URL that begins with https:// or http://`);
  if (new Set(nodes.map(hostOf)).size < nodes.length) {
    throw new ResolverOptionsError("Got two nodes of one host, wanted different ones: one must not count twice");
  }
  if (!Number.isInteger(agreement) || agreement < 1 || agreement > nodes.length) {
    throw new ResolverOptionsError(`agreement is ${agreement} of ${nodes.length} nodes, wanted 1 to ${nodes.length}`);
  }
  return nodes;
}

/** Host and port. A name with a dot at its end is the same name (RFC 1034, section 3.1). */
function hostOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname.replace(/\.$/, "")}:${port}`;
}

function disagreement(wanted: string, answers: readonly string[][], failures: readonly unknown[]): Error {
  const unforeseen = failures.find((error) => !(error instanceof UnavailableError));
  if (unforeseen instanceof Error) return unforeseen;
  const reasons = failures.map((error) => (error as Error).message);
  if (answers.length > 1) {
    return new NodesDisagreeError(
      `${wanted}, but ${[...answers.map((group) => group.join(" and ")), ...reasons].join("; ")}`,
    );
  }
  return new UnavailableError([...answers.flat(), ...reasons].join("; "), { cause: failures[0] });
}
