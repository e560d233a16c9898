import type { StatusWord } from "../../resolver/status/apply-status-event.ts";
import { WORD_BITS } from "../../resolver/status/decode-status-log.ts";
import { LIST_FORMS, type ListForm, listBytes, listLength, writeWord } from "../../resolver/status/list-bytes.ts";
import { SegmentedDeflate } from "./segmented-deflate.ts";

/** One pair of bitmaps in its three forms, compressed; what a change costs follows what it changed. */
export class ListEncodings {
  readonly #forms: Readonly<Record<ListForm, SegmentedDeflate>>;
  readonly #compressed = new Map<ListForm, Buffer>();

  /** @param words those that were ever written, by index. */
  constructor(words: Iterable<readonly [number, StatusWord]>, size: number) {
    const all = [...words];
    const forms = LIST_FORMS.map((form) => [form, new SegmentedDeflate(listBytes(form, all, size))] as const);
    this.#forms = Object.fromEntries(forms) as Record<ListForm, SegmentedDeflate>;
  }

  /** Puts in what a word holds now. */
  write(index: number, word: StatusWord): void {
    for (const form of LIST_FORMS) {
      const { bytes } = this.#forms[form];
      writeWord(form, bytes, index, word);
      this.#forms[form].changed(listLength(form, index * WORD_BITS));
      this.#compressed.delete(form);
    }
  }

  /** The list compressed as its encoding wants it: zlib for `token`, gzip for the others. */
  compressed(form: ListForm): Buffer {
    const found =
      this.#compressed.get(form) ?? (form === "token" ? this.#forms[form].zlib() : this.#forms[form].gzip());
    this.#compressed.set(form, found);
    return found;
  }
}
