import { LruCache } from "../../resolver/primitives/lru.ts";
import { type Answer, prepared } from "./answer.ts";
import { MAX_HOT_BYTES } from "./server/bounds.ts";

/** The parts of a request by which a cached answer is found. */
interface Question {
  /** The request target after the route's path. */
  readonly target: string;
  readonly accept: string | undefined;
}

export interface HotAnswersOptions<Asked> {
  /**
   * The facts on which all answers depend: the same object until the next block or second.
   * @throws an error when the node can't answer now.
   */
  readonly moment: () => object;
  /** Answers a parsed question; `undefined` when something has to be read or signed first. */
  readonly make: (asked: Asked, ifNoneMatch: string | undefined) => Answer | undefined;
}

/** A parsed question, which does not depend on the index, and its last answer. */
interface Hot<Asked> {
  readonly key: string;
  readonly asked: Asked;
  readonly moment: object;
  readonly answer: Answer;
}

/** Cache of recent answers. An answer is sent again while its moment lasts, and made again in the next one. */
export class HotAnswers<Asked> {
  readonly #moment: () => object;
  readonly #make: HotAnswersOptions<Asked>["make"];
  readonly #kept = new LruCache<string, Hot<Asked>>({ max: MAX_HOT_BYTES, sizeOf });

  constructor({ moment, make }: HotAnswersOptions<Asked>) {
    this.#moment = moment;
    this.#make = make;
  }

  /**
   * The answer to a question that was asked before; `undefined` for another one, and when it can't be made synchronously.
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
   * The answer to a question, which is cached; `undefined`, and not cached, when it can't be made synchronously.
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

/** Cache key of a question. It is unique, because neither a target nor a header contains a line feed. */
function questionKey({ target, accept }: Question): string {
  return accept === undefined ? target : `${target}\n${accept}`;
}

function sizeOf({ key, answer: { ready } }: Hot<unknown>): number {
  const OVERHEAD = 1_000;
  const parts = [key, ...(ready ? [...ready.head, ready.body] : [])];
  return parts.reduce((sum, { length }) => sum + length, OVERHEAD);
}
