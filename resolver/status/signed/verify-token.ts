import { member } from "../../primitives/json.ts";
import { checkedList, type ExpectedList, type VerifiedList } from "./check-token.ts";
import { verifyJws } from "./verify-jws.ts";

/** `typ` of a Token Status List as a JWT. */
export const JWT_TYPE = "statuslist+jwt";

/**
 * Verifies an IETF Token Status List that was served as a JWT.
 * @throws StatusListError
 */
export async function verifyStatusJwt(token: string, expected: ExpectedList): Promise<VerifiedList> {
  const { payload, keyId } = await verifyJws(token, JWT_TYPE, expected.document);
  const status = member(payload, "status_list");
  return checkedList(expected, keyId, {
    sub: member(payload, "sub"),
    iat: member(payload, "iat"),
    exp: member(payload, "exp"),
    ttl: member(payload, "ttl"),
    bits: member(status, "bits"),
    lst: asText(member(status, "lst")),
  });
}

/**
 * Verifies an IETF Token Status List that was served as a CWT: a tagged COSE_Sign1 (RFC 9052) whose headers are protected.
 * @throws StatusListError
 */
export async function verifyStatusCwt(token: Uint8Array, expected: ExpectedList): Promise<VerifiedList> {
  const { verifyCwt } = await import("./verify-cwt.ts");
  return verifyCwt(token, expected);
}

function asText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
