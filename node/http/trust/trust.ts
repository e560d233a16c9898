import { ResolutionError, UnavailableError } from "../../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import type { Hash } from "../../../resolver/primitives/hex.ts";
import { blockNumber, seconds, single } from "../../../resolver/resolution/options.ts";
import { latestMoment } from "../../../resolver/resolution/resolve.ts";
import { standingOf } from "../../../resolver/trust/accreditation.ts";
import type { CredentialType } from "../../../resolver/trust/apply-trust-event.ts";
import { shownGrant } from "../../../resolver/trust/label.ts";
import { heldIndex, type IndexSnapshot, type LiveIndex } from "../../index/live-index.ts";
import { AcceptedGrants } from "../../trust/accepted-grants.ts";
import { IssuerLists } from "../../trust/issuer-lists.ts";
import { readAccreditations } from "../../trust/read-accreditations.ts";
import { readIssuer } from "../../trust/read-issuer.ts";
import { readType } from "../../trust/read-type.ts";
import type { Answer } from "../answer.ts";
import type { Client } from "../clients/clients.ts";
import { IS_ID, ownDid, typeIdOf } from "../names.ts";
import { expectOptions } from "../options.ts";
import { problem, problemAnswer } from "../problem.ts";
import type { Turns } from "../server/turns.ts";
import { accreditationResponse } from "./accreditation-response.ts";

/** The options of `/accreditations/{did}`; `at` and `asOf` are the two clocks of a trust answer. */
export const ACCREDITATION_OPTIONS = ["type", "at", "asOf"] as const;

export interface TrustRoutesOptions {
  readonly index: LiveIndex;
  readonly network: NetworkDescriptor;
  /** Throws an `UnavailableError` while the node can't answer. */
  readonly expectFit: () => void;
  /** Whether answers have to be marked as stale. */
  readonly stale: () => boolean;
  /** Unix time in seconds. */
  readonly now: () => number;
  /** Limits how many answers that need histories are made at the same time. */
  readonly turns: Turns;
}

export interface TrustRequest {
  /** The DID or the type of the path, decoded. */
  readonly name?: string | undefined;
  readonly query: URLSearchParams;
  readonly ifNoneMatch: string | undefined;
  /** The client; `undefined` when it can't be identified. */
  readonly client: Client | undefined;
}

/**
 * `GET /types`, `/types/{id}`, `/types/{id}/accreditations`, `/accreditations/{did}` and `/issuers/{did}`: who may issue
 * what, and with which keys. A request reveals no credential: the verifier judges it with these answers.
 *
 * They throw ResolutionError, TooManyRequestsError, UnavailableError and StoreError.
 */
export function trustRoutes({ index, network, expectFit, stale, now, turns }: TrustRoutesOptions) {
  const accepted = new AcceptedGrants(index);
  const lists = new IssuerLists(index);
  return {
    types: whenFit(types),
    type: whenFit(type),
    tree: whenFit(inTurn(tree)),
    accreditations: whenFit(inTurn(accreditations)),
    issuer: whenFit(inTurn(issuer)),
  };

  async function types({ query, ifNoneMatch }: TrustRequest): Promise<Answer> {
    expectOptions(query, []);
    await using held = heldIndex(index);
    const found = (await held.ids("type")).flatMap((id) => held.state("type", id) ?? []).sort(byAge);
    return accreditationResponse({ types: found }, { ...(await newestFacts(held)), ifNoneMatch });
  }

  async function type({ name = "", query, ifNoneMatch }: TrustRequest): Promise<Answer> {
    if (!IS_ID.test(name))
      return problemAnswer(problem("NO_ROUTE", "Got another path, wanted /types/<0x and 64 hex digits>"));
    expectOptions(query, []);
    await using held = heldIndex(index);
    const found = held.state("type", name as Hash);
    if (found === undefined) {
      const detail = `There is no credential type ${name} as of block ${held.asOf.number}`;
      // It may have been added in a newer block.
      if (stale()) throw new UnavailableError(`${detail}, and newer blocks can't be read now`);
      return problemAnswer(problem("TYPE_NOT_FOUND", detail));
    }
    return accreditationResponse({ type: found }, { ...(await newestFacts(held)), ifNoneMatch });
  }

  async function newestFacts({ asOf: newest, lastChange }: IndexSnapshot) {
    return { ...AT_NEWEST, newest, lastChange: await lastChange(newest.number), stale: stale() };
  }

  async function tree({ name = "", query, ifNoneMatch }: TrustRequest): Promise<Answer> {
    if (!IS_ID.test(name))
      return problemAnswer(
        problem("NO_ROUTE", "Got another path, wanted /types/<0x and 64 hex digits>/accreditations"),
      );
    expectOptions(query, []);
    const { newest, lastChange, grants, left } = await readType(
      { index, accepted, chainId: network.chainId },
      name as Hash,
    );
    const links = grants.map(({ grant, deactivatedAt, history }) => ({ ...shownGrant(grant), deactivatedAt, history }));
    const facts = { ...AT_NEWEST, newest, lastChange, stale: stale(), ifNoneMatch };
    return accreditationResponse({ type: name, accreditations: links, left }, facts);
  }

  async function accreditations({ name = "", query, ifNoneMatch }: TrustRequest): Promise<Answer> {
    const did = ownDid(name, network.name);
    const { typeId, at: asked, asOf: block } = readOptions(query);
    const source = { index, accepted, chainId: network.chainId };
    const read = await readAccreditations(source, { subject: did.address, typeId, block });
    const { newest, lastChange, grants, lookup } = read;
    if (block !== undefined && lastChange === undefined) {
      throw new ResolutionError("INVALID_OPTIONS", `asOf is ${block}, and nothing was written up to that block`);
    }
    const latest = latestMoment({ asOf: newest, now: now() });
    const at = asked ?? (block === undefined ? latest : (lastChange?.time ?? latest));
    const content = grants.map(({ grantId, typeId }) => {
      const { chain, ...standing } = standingOf(lookup, grantId, at);
      const links = chain.map((link) => ({
        ...shownGrant(link),
        deactivatedAt: lookup.deactivatedAt(link.subject) ?? null,
      }));
      return { grantId, typeId, ...standing, chain: links };
    });
    const isAtAsked = asked !== undefined || block !== undefined;
    const facts = { newest, lastChange, asked: block, at, isAtAsked, stale: stale(), ifNoneMatch };
    return accreditationResponse({ did: did.did, accreditations: content }, facts);
  }

  async function issuer({ name = "", query, ifNoneMatch }: TrustRequest): Promise<Answer> {
    const did = ownDid(name, network.name);
    expectOptions(query, []);
    const source = { index, accepted, lists, chainId: network.chainId };
    const { newest, lastChange, issuer: content } = await readIssuer(source, did.address);
    const facts = { ...AT_NEWEST, newest, lastChange, stale: stale(), ifNoneMatch };
    return accreditationResponse({ did: did.did, ...content }, facts);
  }

  function inTurn(answer: (request: TrustRequest) => Promise<Answer>) {
    return (request: TrustRequest) => turns.take(request.client, () => answer(request));
  }

  function whenFit(answer: (request: TrustRequest) => Promise<Answer>) {
    return async (request: TrustRequest): Promise<Answer> => {
      expectFit();
      return answer(request);
    };
  }
}

const AT_NEWEST = { asked: undefined, at: undefined, isAtAsked: false };

function byAge(a: CredentialType, b: CredentialType): number {
  return a.added.block - b.added.block || (a.typeId < b.typeId ? -1 : 1);
}

/** @throws ResolutionError `INVALID_OPTIONS` */
function readOptions(query: URLSearchParams): { typeId?: Hash; at?: number; asOf?: number } {
  expectOptions(query, ACCREDITATION_OPTIONS);
  const [type, at, asOf] = ACCREDITATION_OPTIONS.map((name) => single(query, name));
  return {
    ...(type !== undefined && { typeId: typeIdOf(type) }),
    ...(at !== undefined && { at: seconds(at, "at") }),
    ...(asOf !== undefined && { asOf: blockNumber(asOf, "asOf") }),
  };
}
