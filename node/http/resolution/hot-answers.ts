import type { MapaeDid } from "../../../resolver/did/did.ts";
import { LruCache } from "../../../resolver/primitives/lru.ts";
import type { ResolutionMetadata } from "../../../resolver/resolution/source.ts";
import { type Answer, prepared } from "../answer.ts";
import type { Wanted } from "../negotiation/accept.ts";
import { type Question, questionKey } from "../question.ts";
import { MAX_HOT_BYTES } from "../server/bounds.ts";
import { documentAnswer } from "./document-answer.ts";
import type { ReadyDocument } from "./ready-documents.ts";
import type { ReadySource } from "./resolution-source.ts";

/** What a question means, which is the same whatever the index holds, and its last answer. */
interface Hot {
  readonly key: string;
  readonly did: MapaeDid;
  readonly wanted: Wanted;
  readonly answer: Answer;
  readonly document: ReadyDocument;
  readonly resolutionMetadata: ResolutionMetadata;
}

/**
 * Recent answers, ready to be sent again: made again when the source says other metadata, of a later block or second, which are
 * compared as objects.
 */
export class HotAnswers {
  readonly #ready: ReadySource;
  readonly #kept = new LruCache<string, Hot>({ max: MAX_HOT_BYTES, sizeOf });

  constructor(ready: ReadySource) {
    this.#ready = ready;
  }

  /**
   * The answer to a question that was asked before; `undefined` for another one.
   * @throws what the source throws.
   */
  again(question: Question, ifNoneMatch: string | undefined): Answer | undefined {
    const key = questionKey(question);
    const hot = this.#kept.get(key);
    if (hot === undefined) return undefined;
    if (ifNoneMatch === undefined && hot.resolutionMetadata === this.#ready.metadata()) return hot.answer;
    const { did, wanted } = hot;
    const { document, resolutionMetadata } = this.#ready.newest(did, wanted.representation);
    if (ifNoneMatch !== undefined)
      return documentAnswer(document, wanted, { resolutionMetadata, ifNoneMatch, noCache: false });
    return this.#make(key, { did, wanted, document, resolutionMetadata });
  }

  /** The answer to a question, kept for the next one who asks it. */
  keep(question: Question, asked: Pick<Hot, "did" | "wanted" | "document" | "resolutionMetadata">): Answer {
    return this.#make(questionKey(question), asked);
  }

  #make(key: string, asked: Pick<Hot, "did" | "wanted" | "document" | "resolutionMetadata">): Answer {
    const { document, wanted, resolutionMetadata } = asked;
    const answer = prepared(
      documentAnswer(document, wanted, { resolutionMetadata, ifNoneMatch: undefined, noCache: false }),
    );
    this.#kept.set(key, { key, ...asked, answer });
    return answer;
  }
}

function sizeOf({ key, answer: { ready }, document }: Hot): number {
  const OVERHEAD = 1_000;
  const parts = [key, document.document, ...(ready ? [...ready.head, ready.text] : [])];
  return parts.reduce((sum, { length }) => sum + length, OVERHEAD);
}
