import type { Hex } from "../../../resolver/primitives/hex.ts";

/** How a value is written as hex digits of whole bytes, and read again. */
export interface Codec<T> {
  write(value: T): string;
  read(from: Digits): T;
}

/** Hex digits that are read from the first to the last. */
export class Digits {
  readonly #digits: string;
  #at = 0;

  constructor(digits: string) {
    this.#digits = digits;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#digits.length;
  }

  /** The next digits, by default all that are left. */
  take(count = this.#digits.length - this.#at): string {
    this.#at += count;
    return this.#digits.slice(this.#at - count, this.#at);
  }
}

/** The value of a whole record. */
export function decode<T>({ read }: Codec<T>, digits: string): T {
  return read(new Digits(digits));
}

/** An integer from 0 on. 7 bytes hold every safe one. */
export const integer = (bytes: number): Codec<number> => ({
  write: (value) => value.toString(16).padStart(2 * bytes, "0"),
  read: (from) => Number.parseInt(from.take(2 * bytes), 16),
});

/** Bytes as hex with `0x`: a fixed number of them, or all that are left. */
export const hex = (bytes?: number): Codec<Hex> => ({
  write: (value) => value.slice(2),
  read: (from) => `0x${from.take(bytes && 2 * bytes)}`,
});

/** All that is left as JSON: for records that exist once or are small. An integer beyond the safe ones is read as text. */
export const json = <T>(): Codec<T> => ({
  write: (value) => Buffer.from(JSON.stringify(value, bigintsAsText)).toString("hex"),
  read: (from) => JSON.parse(Buffer.from(from.take(), "hex").toString()) as T,
});

/** One of two values, in a byte. */
export const either = <T>(first: T, second: T): Codec<T> => ({
  write: (value) => (value === first ? "00" : "01"),
  read: (from) => (from.take(2) === "00" ? first : second),
});

/** A value behind its length, which takes some bytes. */
export function sized<T>(bytes: number, { write, read }: Codec<T>): Codec<T> {
  const length = integer(bytes);
  return {
    write(value) {
      const written = write(value);
      return length.write(written.length / 2) + written;
    },
    read: (from) => read(new Digits(from.take(2 * length.read(from)))),
  };
}

/** All values that are left. */
export const list = <T>({ write, read }: Codec<T>): Codec<readonly T[]> => ({
  write: (values) => values.map(write).join(""),
  read(from) {
    const values: T[] = [];
    while (!from.isAtEnd) values.push(read(from));
    return values;
  },
});

/** An object, by its members in this order. */
export function record<T extends object>(members: { readonly [Name in keyof T]: Codec<T[Name]> }): Codec<T> {
  const names = Object.keys(members) as (keyof T)[];
  return {
    write(value) {
      let written = "";
      for (const name of names) written += members[name].write(value[name]);
      return written;
    },
    read(from) {
      const value: Partial<T> = {};
      for (const name of names) value[name] = members[name].read(from);
      return value as T;
    },
  };
}

const bigintsAsText = (_name: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value);
