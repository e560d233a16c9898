import assert from "node:assert/strict";
import { toUtf8String } from "ethers";
import type { View } from "./ethr-view.ts";
import { MARKED } from "./history.ts";
import { NO_KEYS } from "./keys.ts";

/** An event as ethers reads it, with its block's number and Unix time. */
export interface EthrEvent {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly block: number;
  readonly time: number;
}

/** All events of an identity, and the last block of the version looked at. */
export interface Facts {
  readonly events: readonly EthrEvent[];
  readonly upTo: number;
}

/**
 * Where our document differs from that of `ethr-did-resolver` on purpose: each makes of their view what ours has to be.
 * What they say on top of these is a fault of ours. Reactivation needs none: our registry refuses what would follow.
 */
export const EXCEPTIONS: Record<string, (theirs: View, facts: Facts) => View | undefined> = {
  /** The controller's key governs the entry and signs no credentials. */
  controllerOnlyInvokes(theirs) {
    const controller = theirs.claims.find(({ key }) => key?.startsWith("controller"));
    if (controller === undefined) return theirs;
    const others = theirs.claims.filter(({ key }) => !key?.startsWith("controller"));
    return { ...theirs, claims: [...others, { ...controller, relationship: "capabilityInvocation" }] };
  },

  /** An entry for `sigAuth` authenticates and asserts nothing. */
  sigAuthDoesNotAssert(theirs) {
    const authenticating = new Set(
      theirs.claims.filter(({ relationship }) => relationship === "authentication").map(({ id }) => id),
    );
    const claims = theirs.claims.filter(
      ({ relationship, id }) => relationship !== "assertionMethod" || !authenticating.has(id),
    );
    return { ...theirs, claims };
  },

  /** They leave the id of a `keyAgreement` key in the document after the key itself is gone. */
  keyAgreementEndsWithItsKey(theirs) {
    const claims = theirs.claims.filter(
      ({ relationship, key }) => relationship !== "keyAgreement" || key !== undefined,
    );
    return { ...theirs, claims };
  },

  /** A name that is no UTF-8 is no change to them; to us it is one, with nothing in the document. */
  unreadableNamesAreChanges(theirs, { events, upTo }) {
    if (events.every(isReadable)) return theirs;
    const last = events.findLast(({ block }) => block <= upTo);
    const next = events.find(({ block }) => block > upTo);
    return {
      ...theirs,
      versionId: last && String(last.block),
      updated: last && dateTime(last.time),
      nextVersionId: next && String(next.block),
      nextUpdate: next && dateTime(next.time),
    };
  },

  /** A DID without an event does not exist; they invent a document for it. */
  noDefaultDocument(theirs) {
    return theirs.versionId === undefined ? undefined : theirs;
  },

  /** Unknown algorithms, purposes and encodings, and names outside the grammar, stay out. */
  unknownNamesStayOut(theirs) {
    return {
      ...theirs,
      claims: theirs.claims.filter(({ key }) => !key?.endsWith(` ${MARKED.unknownKey}`)),
      services: theirs.services.filter((service) => !service.includes(MARKED.unknownService)),
    };
  },

  /** A value that is no key on its curve, no URI and no JSON stays out. */
  nonsenseStaysOut(theirs) {
    const noKeys = new Set(Object.entries(NO_KEYS).flatMap(([name, values]) => values.map((one) => `${name} ${one}`)));
    const noEndpoints = new Set(MARKED.noEndpoints.map((text) => JSON.stringify(parsed(text))));
    return {
      ...theirs,
      claims: theirs.claims.filter(({ key }) => key === undefined || !noKeys.has(key)),
      services: theirs.services.filter((service) => !noEndpoints.has(service.slice(service.indexOf(" ") + 1))),
    };
  },

  /** A service never takes the fragment of a method. */
  reservedFragmentsStayOut(theirs) {
    return { ...theirs, services: theirs.services.filter((service) => !service.includes(MARKED.reserved)) };
  },

  /** Of services with the same fragment the one set last wins for good, even if it is gone by now; they show all. */
  laterFragmentWins(theirs, { events, upTo }) {
    const set = events.filter(({ block }) => block <= upTo).flatMap(serviceWithFragment);
    const winners = new Map(set.map(({ fragment, service }) => [fragment, service]));
    const lost = new Set(
      set.filter(({ fragment, service }) => winners.get(fragment) !== service).map(({ service }) => service),
    );
    return { ...theirs, services: theirs.services.filter((service) => !lost.has(service)) };
  },
};

/** The service that an event sets, as views spell it, if it has a fragment and an endpoint that is one. */
function serviceWithFragment({ name, args }: EthrEvent): { fragment: string; service: string }[] {
  if (name !== "DIDAttributeChanged" || args.validTo === 0n) return [];
  const [, type, fragment] = /^did\/svc\/(\w+)\/(\w+)\0*$/.exec(text(args.name) ?? "") ?? [];
  const endpoint = text(args.value);
  if (fragment === undefined || endpoint === undefined) return [];
  if (MARKED.noEndpoints.some((one) => one === endpoint)) return [];
  return [{ fragment, service: `${type} ${JSON.stringify(parsed(endpoint))}` }];
}

function isReadable({ args }: EthrEvent): boolean {
  return [args.name, args.delegateType].every((one) => one === undefined || text(one) !== undefined);
}

function text(hex: unknown): string | undefined {
  assert(typeof hex === "string");
  try {
    return toUtf8String(hex);
  } catch {
    return undefined; // no UTF-8
  }
}

/** What they take a service's value for. */
function parsed(endpoint: string): unknown {
  try {
    return JSON.parse(endpoint);
  } catch {
    return endpoint; // no JSON
  }
}

function dateTime(seconds: number): string {
  return `${new Date(seconds * 1_000).toISOString().slice(0, 19)}Z`;
}
