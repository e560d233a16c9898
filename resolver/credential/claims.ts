import { type MapaeDid, parseDid } from "../did/did.ts";
import { MapaeError } from "../errors.ts";
import { parseDateTime } from "../primitives/date-time.ts";
import { excerpt, isObject, member } from "../primitives/json.ts";
import { malformed, unsupported } from "./credential-error.ts";
import { isTypeUri } from "./type-uri.ts";

/**
 * The objects of a credential that may have a claim: its own claims, and those in the `vc` of the data model 1.1. Where several
 * have it, none is preferred: of times the stricter one counts, all other claims have to agree.
 */
export type Places = readonly unknown[];

/** Every value of some claims. */
function all(places: Places, ...names: readonly string[]): { readonly name: string; readonly value: unknown }[] {
  return places.flatMap((place) =>
    names.flatMap((name) => {
      const value = member(place, name);
      return value === undefined ? [] : [{ name, value }];
    }),
  );
}

/** The value of claims that are synonyms and have to agree; `undefined` when there is none. */
function agreed(named: readonly { readonly name: string; readonly value: unknown }[]): unknown {
  const [first, ...others] = named;
  for (const { name, value } of others) {
    if (value === first?.value) continue;
    throw malformed(`It contradicts itself: ${first?.name} is ${excerpt(first?.value)}, and ${name} ${excerpt(value)}`);
  }
  return first?.value;
}

/** @throws CredentialError */
export function issuerOf(places: Places): MapaeDid {
  const named = all(places, "iss", "issuer").map(({ name, value }) => ({
    name,
    value: isObject(value) ? value.id : value,
  }));
  const id = agreed(named);
  if (typeof id !== "string") throw malformed("It does not name its issuer");
  try {
    return parseDid(id);
  } catch (cause) {
    if (!(cause instanceof MapaeError)) throw cause;
    throw unsupported(`Its issuer is no DID of this method: ${cause.message}`, cause);
  }
}

/**
 * Refuses a credential with an audience: a verifier that does not identify itself with the audience has to reject it (RFC 7519,
 * section 4.1.3).
 * @throws CredentialError `CREDENTIAL_UNSUPPORTED`
 */
export function expectNoAudience(places: Places): void {
  const [aud] = all(places, "aud");
  if (aud !== undefined) throw unsupported(`It is for ${excerpt(aud.value)} alone: a credential has no aud`);
}

/**
 * The type of a credential, which has to be one: an accreditation is for one type, so a second type would be trusted without
 * one.
 * @throws CredentialError
 */
export function typeOf(places: Places): string {
  const also = all(places, "aka_vcts").flatMap(({ value }) => {
    if (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string")) return value;
    throw malformed(`Its aka_vcts is ${excerpt(value)}, wanted an array of types`);
  });
  const exact = [...all(places, "vct").map(({ value }) => value), ...also];
  // A value of `type` that is no URI is a term of the contexts, such as "VerifiableCredential".
  const named = all(places, "type").flatMap(({ value }) => value);
  const uris = new Set([...exact, ...named.filter(isTypeUri)]);
  const [uri] = uris;
  if (uris.size === 1 && isTypeUri(uri)) return uri;
  const got = JSON.stringify([...new Set([...exact, ...named])]).slice(0, 300);
  throw unsupported(`Its types are ${got}, wanted exactly one that is a URI with a scheme in lower case`);
}

/** When a credential was issued and when it is valid, in Unix seconds. */
export interface Times {
  readonly issuedAt: number;
  /** The latest start that it names. */
  readonly validFrom: number | null;
  /** The earliest end that it names: the first second in which it is no longer valid. */
  readonly validUntil: number | null;
}

/** @throws CredentialError `CREDENTIAL_MALFORMED` */
export function timesOf(places: Places): Times {
  const starts = [...times(places, numericDate, "nbf"), ...times(places, dateTime, "validFrom", "issuanceDate")];
  const ends = [...times(places, numericDate, "exp"), ...times(places, dateTime, "validUntil", "expirationDate")];
  const issued = agreed(all(places, "iat"));
  const issuedAt = issued === undefined ? starts[0] : numericDate("iat", issued);
  if (issuedAt === undefined) throw malformed("It does not say when it was issued");
  return {
    issuedAt,
    validFrom: starts.length === 0 ? null : Math.max(...starts),
    validUntil: ends.length === 0 ? null : Math.min(...ends),
  };
}

type ReadTime = (name: string, value: unknown) => number;

function times(places: Places, read: ReadTime, ...names: readonly string[]): number[] {
  return names.flatMap((one) => all(places, one)).map(({ name, value }) => read(name, value));
}

/** The last second of the year 9999. */
const MAX_TIME = 253_402_300_799;

const numericDate: ReadTime = (name, value) => {
  if (typeof value === "number" && value >= 0 && value <= MAX_TIME) return Math.floor(value);
  throw malformed(`Its ${name} is ${excerpt(value)}, wanted a Unix time in seconds`);
};

const dateTime: ReadTime = (name, value) => {
  const time = parseDateTime(value);
  if (time !== undefined) return Math.floor(time);
  throw malformed(`Its ${name} is ${excerpt(value)}, wanted a date and time with a time zone, of a day that exists`);
};
