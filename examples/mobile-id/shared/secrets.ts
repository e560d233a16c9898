import { createHash, randomBytes, randomInt, timingSafeEqual } from "node:crypto";

/** A new secret of 256 bits that fits in a URL. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** A new random number with `count` digits, uniformly distributed. */
export function newDigits(count: number): string {
  return String(randomInt(10 ** count)).padStart(count, "0");
}

/** The hash that is stored of a secret which is only compared. */
export function digestOf(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}

/** Whether two texts are equal, compared in constant time. */
export function isSame(a: string, b: string): boolean {
  return timingSafeEqual(createHash("sha256").update(a).digest(), createHash("sha256").update(b).digest());
}
