const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** Longest text that is decoded: a signature of ML-DSA-87 has 6 319 characters. Time grows with the square of the length. */
const MAX_LENGTH = 10_000;

/** base58 with Bitcoin's alphabet, as `proofValue` has it (Controlled Identifiers 1.0, section 2.4). */
export function encodeBase58(bytes: Uint8Array): string {
  let number = 0n;
  for (const byte of bytes) number = number * 256n + BigInt(byte);
  let text = "";
  for (; number > 0n; number /= 58n) text = ALPHABET.charAt(Number(number % 58n)) + text;
  for (const byte of bytes) {
    if (byte !== 0) break;
    text = `1${text}`;
  }
  return text;
}

/** @throws TypeError when the text has other letters, or is too long. */
export function decodeBase58(text: string): Uint8Array<ArrayBuffer> {
  if (text.length > MAX_LENGTH) throw new TypeError(`Got ${text.length} characters, at most ${MAX_LENGTH} are decoded`);
  let number = 0n;
  for (const letter of text) {
    const digit = ALPHABET.indexOf(letter);
    if (digit < 0) throw new TypeError("Got no base58");
    number = number * 58n + BigInt(digit);
  }
  const bytes: number[] = [];
  for (; number > 0n; number >>= 8n) bytes.unshift(Number(number & 255n));
  const zeros = text.length - text.replace(/^1+/, "").length;
  return Uint8Array.from([...Array<number>(zeros).fill(0), ...bytes]);
}
