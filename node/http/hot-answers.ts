import { LruCache } from "../../resolver/primitives/lru.ts";
import { type Answer, prepared } from "./answer.ts";
import { type Question, questionKey } from "./question.ts";
import { MAX_HOT_BYTES } from "./server/bounds.ts";

export interface HotAnswersOptions<Asked> {
  /**
   * What all answers depend on, as one object while neither a block nor a second came.
   * @throws what says why nothing can be answered now.
   */
  readonly moment: () => object;
  /** Answers what a question means; `undefined` when something has to be read or signed first. */
  readonly make: (asked: Asked, ifNoneMatch: string | undefined) => Answer | undefined;
}

/** What a question means, which is the same whatever the index holds, and its last answer. */
interface Hot<Asked> {
  readonly key: string;
  readonly asked: Asked;
  readonly moment: object;
  readonly answer: Answer;
}

/** Recent answers, ready to be sent again while their moment lasts, and made again in the next one. */
export class HotAnswers<Asked> {
  readonly #moment: () => object;
  readonly #make: HotAnswersOptions<Asked>["make"];
  readonly #kept = new LruCache<string, Hot<Asked>>({ max: MAX_HOT_BYTES, sizeOf });

  constructor({ moment, make }: HotAnswersOptions<Asked>) {
    this.#moment = moment;
    this.#make = make;
  }

  /**
   * The answer to a question that was asked before; `undefined` for another one, and when it can't be made at once.
   * @throws what `moment` and `make` throw.
   */
  again(question: Question, ifNoneMatch: string | undefined): Answer | undefined {
    const key = questionKey(question);
    const hot = this.#kept.get(key);
    if (hot === undefined) return undefined;
    const moment = this.#moment();
    if (ifNoneMatch !== undefined) return this.#make(hot.asked, ifNoneMatch);
    return hot.moment === moment ? hot.answer : this.#keep(key, hot.asked, moment);
  }

  /**
   * The answer to a question, kept for the next one who asks it; `undefined`, and not kept, when it can't be made at once.
   * @throws what `moment` and `make` throw.
   */
  keep(question: Question, asked: Asked): Answer | undefined {
    return this.#keep(questionKey(question), asked, this.#moment());
  }

  #keep(key: string, asked: Asked, moment: object): Answer | undefined {
    const made = this.#make(asked, undefined);
    if (made === undefined) return undefined;
    const answer = prepared(made);
    this.#kept.set(key, { key, asked, moment, answer });
    return answer;
  }
}

function sizeOf({ key, answer: { ready } }: Hot<unknown>): number {
  const OVERHEAD = 1_000;
  const parts = [key, ...(ready ? [...ready.head, ready.text] : [])];
  return parts.reduce((sum, { length }) => sum + length, OVERHEAD);
}
