import { LruCache } from "../../../resolver/primitives/lru.ts";
import type { WantedList } from "../../lists/list-signers.ts";
import type { SignedList } from "../../lists/served-list.ts";
import type { StatusLists } from "../../lists/status-lists.ts";
import { type Answer, prepared } from "../answer.ts";
import { type Question, questionKey } from "../question.ts";
import { MAX_HOT_BYTES } from "../server/bounds.ts";

/** Answers with a signed list. */
type MakeAnswer = (
  signed: SignedList,
  type: string,
  facts: { readonly now: number; readonly ifNoneMatch: string | undefined },
) => Answer;

/** What a question means, which is the same whatever the index holds, and its last answer. */
interface Hot {
  readonly key: string;
  readonly wanted: WantedList;
  readonly made?: { readonly signed: SignedList; readonly now: number; readonly answer: Answer };
}

/** Recent answers with lists that are signed here: made again when another list is signed, or when the second is another one. */
export class HotLists {
  readonly #lists: Pick<StatusLists, "ready">;
  readonly #make: MakeAnswer;
  readonly #kept = new LruCache<string, Hot>({ max: MAX_HOT_BYTES, sizeOf });

  constructor(lists: Pick<StatusLists, "ready">, make: MakeAnswer) {
    this.#lists = lists;
    this.#make = make;
  }

  /**
   * The answer to a question that was asked before; `undefined` for another one, and when something has to be read or signed.
   * @param now Unix time in seconds.
   * @throws what the lists throw.
   */
  again(question: Question & { readonly ifNoneMatch: string | undefined }, now: number): Answer | undefined {
    const hot = this.#kept.get(questionKey(question));
    const signed = hot && this.#lists.ready(hot.wanted);
    if (hot === undefined || signed === undefined) return undefined;
    const { key, wanted, made } = hot;
    const { ifNoneMatch } = question;
    if (ifNoneMatch !== undefined) return this.#make(signed, wanted.type, { now, ifNoneMatch });
    if (made?.signed === signed && made.now === now) return made.answer;
    const answer = prepared(this.#make(signed, wanted.type, { now, ifNoneMatch }));
    this.#kept.set(key, { key, wanted, made: { signed, now, answer } });
    return answer;
  }

  /** Remembers what a question means that could be answered. */
  keep(question: Question, wanted: WantedList): void {
    const key = questionKey(question);
    if (this.#kept.get(key) === undefined) this.#kept.set(key, { key, wanted });
  }
}

function sizeOf({ key, made }: Hot): number {
  const OVERHEAD = 1_000;
  return OVERHEAD + key.length + (made?.signed.bytes.length ?? 0);
}
