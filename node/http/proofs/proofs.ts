import { ResolutionError } from "../../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import { single } from "../../../resolver/resolution/options.ts";
import type { ProofQuestion, Proofs } from "../../proofs/proofs.ts";
import { type Answer, json } from "../answer.ts";
import { notModified, REVALIDATED, shownBlock } from "../caching.ts";
import type { Client } from "../clients/clients.ts";
import { listNameOf, listNumberOf, ownDid, typeIdOf } from "../names.ts";
import { expectOptions } from "../options.ts";
import { problem, problemAnswer } from "../problem.ts";
import { splitTarget } from "../server/split-target.ts";
import type { Turns } from "../server/turns.ts";

/** Prefix of the paths of all proofs. */
export const PROOFS = "/proofs/";

const LIST_PATH = /^status-lists\/(?<list>.+)$/;
const DID_PATH = /^(?<about>dids|accreditations)\/(?<did>[^/]+)$/;

export interface ProofRoutesOptions {
  readonly network: NetworkDescriptor;
  readonly proofs: Pick<Proofs, "prove">;
  /** Limits how many proofs are made at the same time. */
  readonly turns: Turns;
  /** Throws an `UnavailableError` while the node can't answer. */
  readonly expectFit: () => void;
}

export interface ProofRequest {
  /** The request target after {@link PROOFS}. */
  readonly target: string;
  readonly ifNoneMatch: string | undefined;
  readonly client: Client | undefined;
}

/**
 * `GET /proofs/dids/{did}`, `/proofs/accreditations/{did}?type=&list=` and `/proofs/status-lists/{issuer}/{number}`:
 * envelopes as of the newest block that can be proven. The absence of a subject is also proven, with status 200.
 *
 * The result throws ResolutionError, TooManyRequestsError, UnavailableError and the errors of {@link Proofs.prove}.
 */
export function proofRoutes({ network, proofs, turns, expectFit }: ProofRoutesOptions) {
  return async ({ target, ifNoneMatch, client }: ProofRequest): Promise<Answer> => {
    const question = questionOf(target, network.name);
    if (question === undefined) {
      const wanted = `${PROOFS}dids/<DID>, ${PROOFS}accreditations/<DID> or ${PROOFS}status-lists/<address in lower case>/<number>`;
      return problemAnswer(problem("NO_ROUTE", `Got another path, wanted ${wanted}`));
    }
    expectFit();
    const { block, bytes } = await turns.take(client, () => proofs.prove(question));
    // All envelopes for a question as of one block prove the same.
    const etag = `W/"${block.hash.slice(2, 34)}"`;
    const headers = { etag, "cache-control": REVALIDATED, "mapae-as-of": shownBlock(block) };
    return notModified(ifNoneMatch, headers) ?? json([bytes], { headers });
  };
}

/** @throws ResolutionError `INVALID_DID`, `INVALID_OPTIONS`, `FEATURE_NOT_SUPPORTED` for a DID of another network. */
function questionOf(target: string, network: string): ProofQuestion | undefined {
  const { path, search } = splitTarget(target);
  const query = new URLSearchParams(search);
  const list = listNameOf(LIST_PATH.exec(path)?.groups?.list ?? "");
  if (list !== undefined) {
    expectOptions(query, []);
    return { about: "list", ...list };
  }
  const { about, did: text } = DID_PATH.exec(path)?.groups ?? {};
  if (about === undefined || text === undefined) return undefined;
  const { address } = ownDid(decoded(text), network);
  if (about === "dids") {
    expectOptions(query, []);
    return { about: "did", did: address };
  }
  expectOptions(query, ["type", "list"]);
  const typeId = typeIdOf(single(query, "type") ?? "");
  return { about: "accreditation", did: address, typeId, list: listNumber(query) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new ResolutionError("INVALID_DID", "The DID is not percent-encoded right", { cause });
  }
}

function listNumber(query: URLSearchParams): bigint | undefined {
  const text = single(query, "list");
  if (text === undefined) return undefined;
  const number = listNumberOf(text);
  if (number !== undefined) return number;
  const got = JSON.stringify(text.slice(0, 100));
  throw new ResolutionError("INVALID_OPTIONS", `list is ${got}, wanted the number of a status list of this issuer`);
}
