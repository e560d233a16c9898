import assert from "node:assert/strict";
import { toUtf8String } from "ethers";
import type { View } from "./ethr-view.ts";
import { INVALID_VALUES } from "./history.ts";
import { NO_KEYS } from "./keys.ts";

/** An event as ethers reads it, with its block's number and Unix time. */
export interface EthrEvent {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly block: number;
  readonly time: number;
}

/** All events of an identity, and the last block of the version that is compared. */
export interface Facts {
  readonly events: readonly EthrEvent[];
  readonly upTo: number;
}

/**
 * The intended differences between Mapae's document and that of `ethr-did-resolver`: each function turns their view into what
 * Mapae's has to be. Any other difference is a fault of Mapae. Reactivation needs no exception, because Mapae's registry
 * refuses writes after a deactivation.
 */
export const EXCEPTIONS: Record<string, (theirs: View, facts: Facts) => View | undefined> = {
  /** The account of the controller controls the DID and signs no credentials. */
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

  /** An attribute whose name is not UTF-8 is no change for them. For Mapae it is one, without an effect on the document. */
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

  /** A DID without an event does not exist; they return a default document for it. */
  noDefaultDocument(theirs) {
    return theirs.versionId === undefined ? undefined : theirs;
  },

  /** Unknown algorithms, purposes and encodings, and names outside of the grammar, are not in the document. */
  unknownNamesStayOut(theirs) {
    return {
      ...theirs,
      claims: theirs.claims.filter(({ key }) => !key?.endsWith(` ${INVALID_VALUES.unknownKey}`)),
      services: theirs.services.filter((service) => !service.includes(INVALID_VALUES.unknownService)),
    };
  },

  /** A value that is no key on its curve, or no valid endpoint, is not in the document. */
  nonsenseStaysOut(theirs) {
    const noKeys = new Set(Object.entries(NO_KEYS).flatMap(([name, values]) => values.map((one) => `${name} ${one}`)));
    const noEndpoints = new Set(INVALID_VALUES.noEndpoints.map((text) => JSON.stringify(parsed(text))));
    return {
      ...theirs,
      claims: theirs.claims.filter(({ key }) => key === undefined || !noKeys.has(key)),
      services: theirs.services.filter((service) => !noEndpoints.has(service.slice(service.indexOf(" ") + 1))),
    };
  },

  /** A service can't have the fragment of a method. */
  reservedFragmentsStayOut(theirs) {
    return { ...theirs, services: theirs.services.filter((service) => !service.includes(INVALID_VALUES.reserved)) };
  },

  /**
   * Of several services with the same fragment only the one that was set last counts, even after it has expired; they show all.
   */
  laterFragmentWins(theirs, { events, upTo }) {
    const set = events.filter(({ block }) => block <= upTo).flatMap(serviceWithFragment);
    const winners = new Map(set.map(({ fragment, service }) => [fragment, service]));
    const lost = new Set(
      set.filter(({ fragment, service }) => winners.get(fragment) !== service).map(({ service }) => service),
    );
    return { ...theirs, services: theirs.services.filter((service) => !lost.has(service)) };
  },
};

/** The service that an event sets, in the format of views, if it has a fragment and a valid endpoint. */
function serviceWithFragment({ name, args }: EthrEvent): { fragment: string; service: string }[] {
  if (name !== "DIDAttributeChanged" || args.validTo === 0n) return [];
  const [, type, fragment] = /^did\/svc\/(\w+)\/(\w+)\0*$/.exec(text(args.name) ?? "") ?? [];
  const endpoint = text(args.value);
  if (fragment === undefined || endpoint === undefined) return [];
  if (INVALID_VALUES.noEndpoints.some((one) => one === endpoint)) return [];
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

/** How they interpret a service's value. */
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
