import type { StatusChunk } from "../../resolver/status/apply-status-event.ts";
import { CHUNK_SIZE } from "../../resolver/status/decode-status-log.ts";
import { chunkBytes, LIST_FORMS, type ListForm, listLength, writeChunk } from "../../resolver/status/list-bytes.ts";
import { SegmentedDeflate } from "./segmented-deflate.ts";

/** The bitmaps of a list in their three compressed forms. The cost of a change depends on its size, not on that of the list. */
export class ListEncodings {
  readonly #forms: Readonly<Record<ListForm, SegmentedDeflate>>;
  readonly #compressed = new Map<ListForm, Buffer>();

  /** @param chunks the chunks that were ever written, by index. */
  constructor(chunks: Iterable<readonly [number, StatusChunk]>, size: number) {
    const empty = (form: ListForm) => new SegmentedDeflate(new Uint8Array(listLength(form, size)));
    this.#forms = { token: empty("token"), revocation: empty("revocation"), suspension: empty("suspension") };
    for (const [index, chunk] of chunks) this.write(index, chunk);
  }

  /** Writes the new value of a chunk. */
  write(index: number, chunk: StatusChunk): void {
    const bitmaps = chunkBytes(chunk);
    for (const form of LIST_FORMS) {
      const { bytes } = this.#forms[form];
      writeChunk(form, bytes, index, bitmaps);
      this.#forms[form].changed(listLength(form, index * CHUNK_SIZE));
      this.#compressed.delete(form);
    }
  }

  /** The compressed list in the format of its encoding: zlib for `token`, gzip for the others. */
  compressed(form: ListForm): Buffer {
    const found =
      this.#compressed.get(form) ?? (form === "token" ? this.#forms[form].zlib() : this.#forms[form].gzip());
    this.#compressed.set(form, found);
    return found;
  }
}
