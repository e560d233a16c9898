import { member } from "../status/signed/check-token.ts";
import { malformedCredential } from "./credential-error.ts";

/** Where the status of a credential is: a whole list, and its place in it. */
export interface CredentialStatus {
  /** `<baseUri>/<number>` of the list, of whatever encoding and purpose. */
  readonly uri: string;
  readonly index: number;
}

/**
 * The status of a credential: `status.status_list` (Token Status List) or `credentialStatus` (Bitstring Status List). Both
 * purposes of a list of Mapae are judged, so entries for revocation and suspension are one and have to agree.
 *
 * @returns `null` when it has none.
 * @throws CredentialError `CREDENTIAL_MALFORMED` for a status of another kind: it may mean anything.
 */
export function readStatus(payload: unknown, vc: unknown): CredentialStatus | null {
  const found: CredentialStatus[] = [];
  const status = member(payload, "status");
  if (status !== undefined) {
    const list = member(status, "status_list");
    found.push(place(member(list, "uri"), member(list, "idx")));
  }
  for (const entry of [member(vc, "credentialStatus") ?? []].flat()) found.push(readEntry(entry));
  const [first, ...others] = found;
  if (others.some(({ uri, index }) => uri !== first?.uri || index !== first.index)) {
    throw malformedCredential("Its statuses are in different places");
  }
  return first ?? null;
}

function readEntry(entry: unknown): CredentialStatus {
  const purpose = member(entry, "statusPurpose");
  if (member(entry, "type") !== "BitstringStatusListEntry" || (purpose !== "revocation" && purpose !== "suspension")) {
    throw malformedCredential("Its credentialStatus is no BitstringStatusListEntry for revocation or suspension");
  }
  const uri = member(entry, "statusListCredential");
  const index = member(entry, "statusListIndex");
  const end = `/${purpose}`;
  if (typeof uri !== "string" || !uri.endsWith(end)) throw malformedCredential(`Its status list is not at …${end}`);
  const isIndex = typeof index === "string" && /^(?:0|[1-9]\d{0,15})$/.test(index);
  return place(uri.slice(0, -end.length), isIndex ? Number(index) : undefined);
}

function place(uri: unknown, index: unknown): CredentialStatus {
  if (typeof uri !== "string" || uri.length > 2_000) throw malformedCredential("Its status list has no URI");
  if (typeof index === "number" && Number.isSafeInteger(index) && index >= 0) return { uri, index };
  throw malformedCredential("Its index in the status list is no whole number");
}
