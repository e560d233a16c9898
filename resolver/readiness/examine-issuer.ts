import * as z from "zod/mini";
import { algorithmOf } from "../crypto/signature.ts";
import type { MapaeDid } from "../did/did.ts";
import { didDocument } from "../did/did-document.ts";
import { MapaeError } from "../errors.ts";
import { type IssuerOnNode, issuerSchema, nodesSnapshot } from "../evidence/from-nodes.ts";
import { grantLookup } from "../evidence/gather.ts";
import { boundedBytes, type Fetch } from "../http/request.ts";
import type { NetworkDescriptor } from "../network.ts";
import { askNodes } from "../nodes/agreement.ts";
import { type Hash, hexOf } from "../primitives/hex.ts";
import { keccak256 } from "../primitives/keccak.ts";
import { parseBy } from "../primitives/schema.ts";
import { latestMoment } from "../resolution/resolve.ts";
import { fetchStatusList } from "../status/fetch-list.ts";
import { listUri } from "../status/list-uri.ts";
import { standingOf } from "../trust/accreditation.ts";

/** What an issuer needs before its credentials are accepted, in the order of setting it up. */
export const READINESS_STEPS = ["did", "key", "accreditation", "list", "token", "document"] as const;
/** One of {@link READINESS_STEPS}. */
export type ReadinessStep = (typeof READINESS_STEPS)[number];

/** The result of one check. `code` is stable. */
export interface Readiness {
  readonly step: ReadinessStep;
  /** `unknown` means that the check could not be made; it is no fault of the issuer. */
  readonly outcome: "good" | "bad" | "unknown";
  readonly code: ReadinessCode;
  /** What it is about: a type's URI, a list's number, a count, or a reason. */
  readonly about: string;
}

/**
 * - `active`, `neverWritten`, `deactivated`: the DID;
 * - `canSign`, `noKey`: whether the document has an assertion key that can sign lists and credentials;
 * - `accredited`, `notAccredited`: each accepted accreditation that holds now, or that none does;
 * - `listMade`, `listMissing`: an open list of each of these types;
 * - `listServed`, `listRefused`: whether a token of the list is served that is fresh and verifies;
 * - `documentServed`, `documentDiffers`, `documentMissing`: the document of the type, compared with its hash on the chain;
 * - `notAsked`: the node or the server could not be asked.
 */
export type ReadinessCode =
  | "active"
  | "neverWritten"
  | "deactivated"
  | "canSign"
  | "noKey"
  | "accredited"
  | "notAccredited"
  | "listMade"
  | "listMissing"
  | "listServed"
  | "listRefused"
  | "documentServed"
  | "documentDiffers"
  | "documentMissing"
  | "notAsked";

/** The issuer to examine, and the node to ask. */
export interface ExamineOptions {
  readonly descriptor: NetworkDescriptor;
  readonly issuer: MapaeDid;
  /** URL of the node that is asked. */
  readonly node: string;
  readonly fetch: Fetch;
  /** The clock, in Unix seconds. */
  readonly now: number;
}

/** Most bytes of a type's document. */
const MAX_DOCUMENT_BYTES = 1_048_576;
/** Milliseconds for one request. */
const TIMEOUT = 10_000;

const typesSchema = z.object({
  types: z.array(z.object({ typeId: z.string(), uri: z.string(), schemaUri: z.string(), schemaHash: z.string() })),
});

/**
 * Examines whether a credential that an issuer issues now would be accepted. It reads what a verifier would read, from one
 * node, and changes nothing. The documents of types are read from the node too, at the paths of their URIs.
 *
 * @throws UnavailableError where the node can't be asked about the DID at all.
 */
export async function examineIssuer(options: ExamineOptions): Promise<readonly Readiness[]> {
  const { descriptor, issuer, node, now, fetch } = options;
  const ask = askNodes({ descriptor, nodes: [node], fetch, now: () => now, timeout: TIMEOUT });
  const [said] = await ask({
    about: issuer.did,
    ask: async (one) => {
      const [whole, types] = await Promise.all([one.get(`/issuers/${issuer.did}`), one.get("/types")]);
      return { whole: parseBy(issuerSchema, whole.body), types: parseBy(typesSchema, types.body) };
    },
    keyOf: () => "",
    describe: () => "an answer",
  });
  // Read after the other answers, so that it has every list and grant that they name.
  const snapshot = await nodesSnapshot(ask, descriptor, issuer);
  const { state } = await snapshot.did(issuer.address);
  const found: Readiness[] = [];
  const add = (step: ReadinessStep, outcome: Readiness["outcome"], code: ReadinessCode, about = "") =>
    found.push({ step, outcome, code, about });

  if (state === undefined) add("did", "bad", "neverWritten");
  else if (state.deactivated !== null) add("did", "bad", "deactivated");
  if (state === undefined || state.deactivated !== null) return found;
  add("did", "good", "active");

  const at = latestMoment({ asOf: snapshot.asOf, now });
  const { document } = didDocument({ did: issuer.did, chainId: descriptor.chainId, state, at });
  const { verificationMethod, assertionMethod = [] } = document;
  const signing = verificationMethod.filter(
    ({ id, publicKeyJwk }) => assertionMethod.includes(id) && publicKeyJwk && algorithmOf(publicKeyJwk) !== undefined,
  );
  add("key", signing.length > 0 ? "good" : "bad", signing.length > 0 ? "canSign" : "noKey", String(signing.length));

  const whole = said?.answer.whole;
  const types = said?.answer.types;
  if (!whole?.success || !types?.success)
    return [...found, { step: "accreditation", outcome: "unknown", code: "notAsked", about: "" }];
  const known = new Map(types.data.types.map((type) => [type.typeId, type]));
  const held = await accreditedTypes(whole.data, snapshot, at);
  if (held.length === 0) add("accreditation", "bad", "notAccredited");
  for (const typeId of held) {
    const type = known.get(typeId);
    const uri = type?.uri ?? typeId;
    add("accreditation", "good", "accredited", uri);
    const lists = whole.data.lists.filter((list) => list.typeId === typeId && !list.closed);
    if (lists.length === 0) add("list", "bad", "listMissing", uri);
    for (const { list: id, number } of lists) {
      add("list", "good", "listMade", number);
      const facts = await snapshot.list(id);
      const address = facts ? listUri(facts) : undefined;
      if (!facts || address === undefined) {
        add("token", "bad", "listRefused", number);
        continue;
      }
      try {
        const network = descriptor.name;
        await fetchStatusList({ uri: address, state: facts, document, network, now, fetch, node, timeout: TIMEOUT });
        add("token", "good", "listServed", number);
      } catch (error) {
        if (!(error instanceof MapaeError)) throw error;
        const isAsked = error.code !== "UNAVAILABLE";
        add("token", isAsked ? "bad" : "unknown", isAsked ? "listRefused" : "notAsked", `${number}: ${error.message}`);
      }
    }
    if (type !== undefined) found.push(await documentOf(type.schemaUri, type.schemaHash, options));
  }
  return found;
}

/** Types for which an accepted accreditation holds. */
async function accreditedTypes(
  { accepted, grants }: IssuerOnNode,
  snapshot: Parameters<typeof grantLookup>[0],
  at: number,
): Promise<readonly Hash[]> {
  const known = new Map(grants.map(({ deactivatedAt: _, ...grant }) => [grant.grantId, grant]));
  const lookup = await grantLookup(snapshot, known);
  const held = accepted.filter((id) => standingOf(lookup, id, at).holds);
  return [...new Set(held.flatMap((id) => known.get(id)?.typeId ?? []))];
}

async function documentOf(uri: string, hash: string, { node, fetch }: ExamineOptions): Promise<Readiness> {
  const answer = (outcome: Readiness["outcome"], code: ReadinessCode): Readiness => ({
    step: "document",
    outcome,
    code,
    about: uri,
  });
  if (!URL.canParse(uri)) return answer("bad", "documentMissing");
  try {
    const response = await fetch(`${node.replace(/\/+$/, "")}${new URL(uri).pathname}`, {
      headers: { accept: "application/json" },
      redirect: "error",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(TIMEOUT),
    });
    const bytes = await boundedBytes(response, MAX_DOCUMENT_BYTES);
    if (response.status === 404) return answer("unknown", "documentMissing");
    if (response.status !== 200 || bytes === undefined) return answer("unknown", "notAsked");
    const isSame = keccak256(hexOf(bytes)) === hash;
    return answer(isSame ? "good" : "bad", isSame ? "documentServed" : "documentDiffers");
  } catch {
    // The reason does not matter: the document may be served elsewhere.
    return answer("unknown", "notAsked");
  }
}
