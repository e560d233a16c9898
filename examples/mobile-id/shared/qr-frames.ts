/**
 * A text as QR codes. A short text is one code with the text itself. A longer one is shown as a sequence of frames, each with
 * its number: `mapae1/{part}/{parts}/{check}/{text}`. A camera may start at any frame, and miss some.
 */

/** Longest text in one code, in characters: version 26 at the lowest error correction. */
export const MAX_SINGLE = 1_300;

/** Characters of the text in one frame: version 20, which a camera of 640 by 480 pixels can read. */
export const FRAME_LENGTH = 800;

/** Most frames of one text, so that a hostile screen can't exhaust the memory. */
export const MAX_FRAMES = 64;

const FRAME = /^mapae1\/(\d{1,2})\/(\d{1,2})\/([0-9a-f]{16})\/(.+)$/s;

/** The codes of a text, in the order in which they are shown. @throws RangeError for a text of more than {@link MAX_FRAMES} frames. */
export async function framesOf(text: string): Promise<readonly string[]> {
  if (text.length <= MAX_SINGLE && !FRAME.test(text)) return [text];
  const count = Math.ceil(text.length / FRAME_LENGTH);
  if (count > MAX_FRAMES) {
    throw new RangeError(`Got a text of ${text.length} characters, wanted at most ${MAX_FRAMES * FRAME_LENGTH}`);
  }
  const check = await checkOf(text);
  return Array.from({ length: count }, (_, at) => {
    const part = text.slice(at * FRAME_LENGTH, (at + 1) * FRAME_LENGTH);
    return `mapae1/${at + 1}/${count}/${check}/${part}`;
  });
}

/** The progress of a scan. */
export interface Progress {
  readonly read: number;
  readonly of: number;
  /** The whole text, when every part was read. */
  readonly text?: string;
}

/** Joins the frames of one text, in any order. A frame of another text starts again. */
export class FrameCollector {
  #check = "";
  #parts: (string | undefined)[] = [];

  /** Adds a text that a camera read. A text that is no frame is complete; a frame that {@link framesOf} makes none of is left out. */
  async add(code: string): Promise<Progress> {
    const [, part = "", parts = "", check = "", text = ""] = FRAME.exec(code) ?? [];
    if (text === "") return { read: 1, of: 1, text: code };
    const [at, of] = [Number(part), Number(parts)];
    if (of > MAX_FRAMES || at < 1 || at > of || text.length > FRAME_LENGTH) return { read: 0, of: 1 };
    if (check !== this.#check || of !== this.#parts.length) {
      this.#check = check;
      this.#parts = new Array(of).fill(undefined);
    }
    this.#parts[at - 1] = text;
    const read = this.#parts.filter((one) => one !== undefined).length;
    if (read < of) return { read, of };
    const whole = this.#parts.join("");
    if ((await checkOf(whole)) === check) return { read, of, text: whole };
    // The parts come from two texts, so none of them is certain.
    this.#parts = new Array(of).fill(undefined);
    return { read: 0, of };
  }
}

/**
 * 64 bits of the text's SHA-256, which distinguish the frames of different texts. It proves nothing about the contents, which
 * signatures do.
 */
async function checkOf(text: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return [...hash.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
