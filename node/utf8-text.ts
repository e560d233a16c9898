/**
 * The text of a file that somebody wrote, in UTF-8. A byte order mark at its beginning, which editors on Windows write, is no
 * part of it: the command line, the node and `doctor` all read so.
 *
 * @throws TypeError when it is no UTF-8.
 */
export function utf8Text(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}
