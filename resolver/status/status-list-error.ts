import { CodedError } from "../errors.ts";

/**
 * Why a served status list can't be used:
 * - `STATUS_LIST_URI`: the credential's URI is not that of the issuer's list, or must not be fetched;
 * - `STATUS_LIST_MALFORMED`: the token or the list in it breaks its format, or does not inflate;
 * - `STATUS_LIST_UNSUPPORTED`: it is signed with an algorithm, or has a critical header, that is not known here;
 * - `STATUS_LIST_SIZE`: it holds more or fewer statuses than the list has;
 * - `STATUS_LIST_INDEX`: the list has no such index;
 * - `STATUS_LIST_SUBJECT`: it is of another list, another purpose or another issuer;
 * - `STATUS_LIST_KEY`: the issuer's document does not list the key for assertions now;
 * - `STATUS_LIST_SIGNATURE`: the signature is not by that key;
 * - `STATUS_LIST_EXPIRED`: it is too old, or not valid yet.
 */
export type StatusListErrorCode =
  | "STATUS_LIST_URI"
  | "STATUS_LIST_MALFORMED"
  | "STATUS_LIST_UNSUPPORTED"
  | "STATUS_LIST_SIZE"
  | "STATUS_LIST_INDEX"
  | "STATUS_LIST_SUBJECT"
  | "STATUS_LIST_KEY"
  | "STATUS_LIST_SIGNATURE"
  | "STATUS_LIST_EXPIRED";

/** A served status list can't be used. The status of every credential in it is unknown. */
export class StatusListError extends CodedError<StatusListErrorCode> {}
