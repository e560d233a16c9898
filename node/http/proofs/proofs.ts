import { type MapaeDid, parseDid } from "../../../resolver/did/did.ts";
import { ResolutionError } from "../../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import type { Address } from "../../../resolver/primitives/hex.ts";
import { single } from "../../../resolver/resolution/options.ts";
import { dateTime } from "../../../resolver/resolution/resolve.ts";
import type { ProofQuestion, Proofs } from "../../proofs/proofs.ts";
import { type Answer, json } from "../answer.ts";
import type { Client } from "../clients/clients.ts";
import { matchesTag } from "../negotiation/entity-tags.ts";
import { isFault, problem, problemAnswer, problemOf } from "../problem.ts";
import { splitTarget } from "../server/split-target.ts";
import type { Turns } from "../server/turns.ts";
import { expectOptions, typeIdOf } from "../trust/options.ts";

/** Prefix of the paths of all proofs. */
export const PROOFS = "/proofs/";

/** An address in lower case, a number without leading zeros. */
const LIST_PATH = /^status-lists\/(?<issuer>0x[0-9a-f]{40})\/(?<number>0|[1-9][0-9]{0,77})$/;
const DID_PATH = /^(?<about>dids|accreditations)\/(?<did>[^/]+)$/;
const NUMBER = /^(?:0|[1-9][0-9]{0,77})$/;

export interface ProofRoutesOptions {
  readonly network: NetworkDescriptor;
  readonly proofs: Pick<Proofs, "prove">;
  /** Limits how many proofs are made at the same time. */
  readonly turns: Turns;
  /** Throws an `UnavailableError` while the node can't answer. */
  readonly expectFit: () => void;
  /** Called with each fault of the node; see `isFault`. */
  readonly onFault: (error: unknown) => void;
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
 */
export function proofRoutes({ network, proofs, turns, expectFit, onFault }: ProofRoutesOptions) {
  return async ({ target, ifNoneMatch, client }: ProofRequest): Promise<Answer> => {
    try {
      const question = questionOf(target, network.name);
      if (question === undefined) {
        const wanted = `${PROOFS}dids/<DID>, ${PROOFS}accreditations/<DID> or ${PROOFS}status-lists/<address in lower case>/<number>`;
        return problemAnswer(problem("NO_ROUTE", `Got another path, wanted ${wanted}`));
      }
      expectFit();
      const { block, bytes } = await turns.take(client, () => proofs.prove(question));
      // All envelopes for a question as of one block prove the same.
      const etag = `W/"${block.hash.slice(2, 34)}"`;
      const headers = { etag, "cache-control": "public, no-cache", "mapae-as-of": asOf(block) };
      if (matchesTag(ifNoneMatch, etag)) return { status: 304, headers, body: "" };
      return json([bytes], { headers });
    } catch (error) {
      if (isFault(error)) onFault(error);
      return problemAnswer(problemOf(error));
    }
  };
}

function asOf({ number, hash, time }: { number: number; hash: string; time: number }): string {
  return `${number} ${hash} ${dateTime(time)}`;
}

/** @throws ResolutionError `INVALID_DID`, `INVALID_OPTIONS`, `FEATURE_NOT_SUPPORTED` for a DID of another network. */
function questionOf(target: string, network: string): ProofQuestion | undefined {
  const { path, search } = splitTarget(target);
  const query = new URLSearchParams(search);
  const list = LIST_PATH.exec(path)?.groups;
  if (list !== undefined && BigInt(list.number as string) < 2n ** 256n) {
    expectOptions(query, []);
    return { about: "list", issuer: list.issuer as Address, number: BigInt(list.number as string) };
  }
  const { about, did: text } = DID_PATH.exec(path)?.groups ?? {};
  if (about === undefined || text === undefined) return undefined;
  const { address } = ownDid(decoded(text), network);
  if (about === "dids") {
    expectOptions(query, []);
    return { about: "did", did: address };
  }
  expectOptions(query, ["type", "list"]);
  const typeId = typeIdOf(query.has("type") ? single(query, "type") : "");
  return { about: "accreditation", did: address, typeId, list: listNumber(query) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new ResolutionError("INVALID_DID", "The DID is not percent-encoded right", { cause });
  }
}

function ownDid(text: string, network: string): MapaeDid {
  const did = parseDid(text);
  if (did.network === network) return did;
  const detail = `Got a DID of network ${did.network}, this node serves ${network} only`;
  throw new ResolutionError("FEATURE_NOT_SUPPORTED", detail);
}

function listNumber(query: URLSearchParams): bigint | undefined {
  if (!query.has("list")) return undefined;
  const text = single(query, "list");
  if (NUMBER.test(text) && BigInt(text) < 2n ** 256n) return BigInt(text);
  const got = JSON.stringify(text.slice(0, 100));
  throw new ResolutionError("INVALID_OPTIONS", `list is ${got}, wanted the number of a status list of this issuer`);
}
