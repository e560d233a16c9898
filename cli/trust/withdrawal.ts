import { moment } from "../values/time.ts";

/**
 * What the time of a withdrawal means for credentials, as text.
 *
 * @param from the first second in which the grant no longer holds, in Unix time; `undefined` for now.
 * @param now time of the newest block.
 */
export function describeWithdrawal(from: number | undefined, now: number): string {
  if (from === undefined || from === now) {
    return "Cards issued up to now stay valid, later ones are not accredited.";
  }
  if (from > now) {
    return `Cards issued until ${moment(from)} are accredited, also those that are issued from now on; later ones are not.`;
  }
  return (
    `Cards issued since ${moment(from)} are not accredited any more, wherever they are now; those issued before stay valid. ` +
    "Whatever was granted below since then is void: what was issued under it was never accredited."
  );
}
