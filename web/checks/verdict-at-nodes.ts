import { type Credential, readCredential } from "../../resolver/credential/read-credential.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { ProofError } from "../../resolver/proofs/proof-error.ts";
import { type VerifierAnswer, verifier } from "../../resolver/verifier/verifier.ts";
import type { Asking } from "../nodes/asking.ts";
import type { Context } from "../view.ts";
import { type Check, check } from "./check.ts";
import { nameOf } from "./compare-nodes.ts";
import { faultOf, MAX_AGE, withProofs } from "./proofs.ts";

/** The nonce and the audience of the request to the holder; both are empty where there was no request. */
export interface Binding {
  readonly nonce: string;
  readonly audience: string;
}

/** The verdict that counts, and the checks of the nodes. */
export interface Judged {
  readonly answer: VerifierAnswer;
  readonly checks: readonly Check[];
}

/** What a credential is judged with. */
export interface JudgeOptions extends Pick<Context, "nodes" | "now" | "known"> {
  readonly descriptor: NetworkDescriptor;
  readonly fetch: Asking["fetch"];
}

interface AtNode {
  readonly node: string;
  readonly answer: VerifierAnswer;
  /** The verdict from the node's proof; `undefined` where the descriptor names neither validators nor operators. */
  readonly proven: VerifierAnswer | undefined;
}

/** Highest age of the holder's signature, in seconds. */
const MAX_BINDING_AGE = 300;

/**
 * Judges a credential by each node separately, by its answers and by its proof, so that a node that leads to another verdict is
 * noticed. `invalid` from any of them counts, otherwise `valid` before `unknown`.
 * @throws CredentialError for a text that is no credential; ResolutionError for one of another network.
 */
export async function judgeAtNodes(text: string, binding: Binding, options: JudgeOptions): Promise<Judged> {
  const credential = readCredential(text);
  const all = await Promise.all(options.nodes.map((node) => judgeAt(node, credential, binding, options)));
  const [first, ...others] = all.toSorted((a, b) => rank(a.answer) - rank(b.answer));
  if (first === undefined) throw new TypeError("There is a node to ask");
  const isSame = (a: VerifierAnswer, b: VerifierAnswer) => verdictText(a) === verdictText(b);
  const different = others.filter(({ answer }) => !isSame(answer, first.answer));
  const found = different.map(({ node, answer }) =>
    check(answer.verdict === "unknown" ? "late" : "bad", "verdictDiffers", {
      node: nameOf(node),
      verdict: verdictText(answer),
    }),
  );
  if (all.length === 1) found.push(check("late", "oneNode", { node: nameOf(first.node) }));
  else if (different.length < others.length) {
    found.push(check("good", "verdictSame", { count: all.length - different.length }));
  }
  const answers = all.flatMap(({ answer, proven }) => (proven && isProven(proven) ? [answer, proven] : [answer]));
  const [worst = first.answer] = answers.toSorted((a, b) => rank(a) - rank(b));
  return { answer: worst, checks: withProofs(found, all.flatMap(proofChecks)) };
}

async function judgeAt(
  node: string,
  credential: Credential,
  { nonce, audience }: Binding,
  { descriptor, fetch, now, known }: JudgeOptions,
): Promise<AtNode> {
  const isPresentation = nonce !== "" || audience !== "";
  const judge = (proofs: { readonly proofs?: "require" }) => {
    const networks = [{ descriptor, nodes: [node], fetch }];
    const options = { networks, fetch, now: () => now, maxStaleness: MAX_AGE, known: known(node), ...proofs };
    const { verify, verifyPresentation } = verifier(options);
    return isPresentation
      ? verifyPresentation(credential, { nonce, audience, maxAge: MAX_BINDING_AGE })
      : verify(credential);
  };
  const isSealed = descriptor.consensus.kind !== "none";
  const [answer, proven] = await Promise.all([judge({}), isSealed ? judge({ proofs: "require" }) : undefined]);
  return { node, answer, proven };
}

/** Compares the verdict from a node's answers with the one from its proof. */
function proofChecks({ node: url, answer, proven }: AtNode): Check[] {
  const node = nameOf(url);
  if (proven === undefined) return [check("plain", "noSeals")];
  // The holder's signature or the type decided, without a request.
  if (proven.asOf === undefined && proven.verdict === "invalid") return [];
  if (!isProven(proven)) {
    const { why, isBad } = proven.problem instanceof ProofError ? faultOf(proven.problem) : NO_PROOF;
    return [check(isBad ? "bad" : "late", "notProven", { node, proof: why })];
  }
  const block = proven.asOf?.block ?? 0;
  const found = check("good", "provenVerdict", { node, block });
  // `unknown` does not contradict the proof: a node could not be asked, or is too old.
  if (verdictText(answer) === verdictText(proven) || answer.verdict === "unknown") return [found];
  // An answer of a newer block may rightly differ: the proof of that block will follow.
  const isNewer = (answer.asOf?.block ?? 0) > block;
  return [
    found,
    isNewer ? check("late", "verdictNewer", { node, block }) : check("bad", "contradictsProof", { node, block }),
  ];
}

const NO_PROOF = { why: "none", isBad: false } as const;

function isProven({ asOf, reason }: VerifierAnswer): boolean {
  return asOf !== undefined && reason !== "notProven";
}

/** The rank of a verdict; the lowest one counts. */
function rank({ verdict }: VerifierAnswer): number {
  return ["invalid", "valid", "unknown"].indexOf(verdict);
}

function verdictText({ verdict, reason }: VerifierAnswer): string {
  return `${verdict} ${reason ?? ""}`.trim();
}
