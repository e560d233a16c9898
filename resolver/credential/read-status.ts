import { excerpt, isObject, member } from "../primitives/json.ts";
import type { Places } from "./claims.ts";
import { malformed, unsupported } from "./credential-error.ts";

/** The status list of a credential, and the index in it. */
export interface CredentialStatus {
  /** `<baseUri>/<number>` of the list, the same for all encodings and purposes. */
  readonly uri: string;
  readonly index: number;
}

/** The status entries of a credential. */
export interface StatusClaims {
  /** `null` when it has none, so that it can't be revoked. */
  readonly status: CredentialStatus | null;
  /** Entries without a bearing on validity, which are not judged, such as "message at https://…". */
  readonly ignoredStatus: readonly string[];
}

/** Longest URI of a list. */
const MAX_URI_LENGTH = 2_000;

/** Purposes without a bearing on a credential's validity (Bitstring Status List v1.0, section 2.1). */
const OTHER_PURPOSES = ["message", "refresh"];

/**
 * The status of a credential: `status.status_list` (Token Status List) or `credentialStatus` (Bitstring Status List). Both
 * purposes of a Mapae list are always judged, so the entries for revocation and suspension have to name the same list and
 * index.
 *
 * @throws CredentialError `CREDENTIAL_MALFORMED`; `CREDENTIAL_UNSUPPORTED` for a status of another kind, whose meaning is
 * unknown.
 */
export function readStatus(places: Places): StatusClaims {
  const found: CredentialStatus[] = [];
  const ignoredStatus: string[] = [];
  for (const status of all(places, "status")) found.push(readReference(status));
  for (const entry of all(places, "credentialStatus").flat()) {
    const read = readEntry(entry);
    if (typeof read === "string") ignoredStatus.push(read);
    else found.push(read);
  }
  const [first, ...others] = found;
  if (others.some(({ uri, index }) => uri !== first?.uri || index !== first.index)) {
    const places = found.map(({ uri, index }) => `${uri}, index ${index}`).join("; ");
    throw malformed(`Its statuses are in different places: ${places.slice(0, 400)}`);
  }
  return { status: first ?? null, ignoredStatus };
}

/** The values of a claim in all places. */
function all(places: Places, name: string): unknown[] {
  return places.map((place) => member(place, name)).filter((value) => value !== undefined);
}

/** A Referenced Token (Token Status List, section 6). */
function readReference(status: unknown): CredentialStatus {
  if (!isObject(status)) throw malformed(`Its status is ${excerpt(status)}, wanted an object with a status_list`);
  const { status_list: list, ...others } = status;
  const [other] = Object.keys(others);
  if (other !== undefined) throw unsupported(`Its status has ${excerpt(other)}, wanted a status_list alone`);
  if (!isObject(list)) throw malformed(`Its status has no status_list with an idx and a uri, got ${excerpt(status)}`);
  const { idx, uri } = list;
  if (typeof idx === "number" && Number.isSafeInteger(idx) && idx >= 0) return { uri: uriOf("uri", uri), index: idx };
  throw malformed(`Its idx in the status list is ${excerpt(idx)}, wanted a whole number`);
}

/** @returns a string for an entry that is not judged: its purpose and URL. */
function readEntry(entry: unknown): CredentialStatus | string {
  if (!isObject(entry)) throw malformed(`Its credentialStatus is ${excerpt(entry)}, wanted an object`);
  const { type, statusPurpose: purpose, statusListIndex: index, statusListCredential: list, statusSize: size } = entry;
  if (typeof type !== "string")
    throw malformed(`The type of its credentialStatus is ${excerpt(type)}, wanted a string`);
  if (type !== "BitstringStatusListEntry") {
    throw unsupported(`Its credentialStatus is a ${excerpt(type)}, wanted a BitstringStatusListEntry`);
  }
  if (typeof purpose !== "string") throw malformed(`Its statusPurpose is ${excerpt(purpose)}, wanted a string`);
  if (OTHER_PURPOSES.includes(purpose)) return `${purpose} at ${excerpt(list)}`;
  if (purpose !== "revocation" && purpose !== "suspension") {
    throw unsupported(`Its statusPurpose is ${excerpt(purpose)}, wanted revocation or suspension`);
  }
  const uri = uriOf("statusListCredential", list);
  if (typeof index !== "string" || !/^(?:0|[1-9]\d{0,14})$/.test(index)) {
    throw malformed(`Its statusListIndex is ${excerpt(index)}, wanted a string of digits such as "42"`);
  }
  if (size !== undefined && size !== 1) {
    throw malformed(`Its statusSize is ${excerpt(size)}, but a list for ${purpose} has statuses of one bit`);
  }
  const end = `/${purpose}`;
  if (!uri.endsWith(end)) throw unsupported(`Its list for ${purpose} is at ${excerpt(uri)}, wanted an end of ${end}`);
  return { uri: uri.slice(0, -end.length), index: Number(index) };
}

function uriOf(name: string, uri: unknown): string {
  if (typeof uri !== "string") throw malformed(`The ${name} of its status list is ${excerpt(uri)}, wanted a URI`);
  if (uri.length > MAX_URI_LENGTH) throw malformed(`The ${name} of its status list is longer than ${MAX_URI_LENGTH}`);
  return uri;
}
