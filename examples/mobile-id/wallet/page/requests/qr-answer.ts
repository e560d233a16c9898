import { FRAME_LENGTH, MAX_FRAMES } from "../../../shared/qr-frames.ts";
import type { VpToken } from "./respond.ts";

/** Longest answer that can be shown, in characters, and most status lists that a gate reads from one. */
const [MAX_LENGTH, MAX_LISTS] = [MAX_FRAMES * FRAME_LENGTH, 4];

/**
 * The text of an answer for a gate. It has the newest status lists of the presented cards as far as there is space for them: a
 * gate has a list of its own, and a list that is too long must not keep anybody out.
 */
export function qrAnswer(token: VpToken, lists: Iterable<string>): string {
  const textWith = (some: readonly string[]) => JSON.stringify({ vp_token: token, status_lists: some });
  let taken: readonly string[] = [];
  for (const list of new Set(lists)) {
    const more = [...taken, list];
    if (more.length <= MAX_LISTS && textWith(more).length <= MAX_LENGTH) taken = more;
  }
  return textWith(taken);
}
