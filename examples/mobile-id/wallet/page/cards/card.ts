import { readCredential } from "../../../../../resolver/index.ts";

/** The end of a card that names none, in Unix seconds: that of the year 9999, after which no date can be shown. */
export const NO_END = 253_402_300_799;

/** A name in the languages of the wallet. */
export type Named = Readonly<Record<"ko" | "en", string>>;

/** One of a card's copies, which have the same claims. Each is bound to a key of its own and presented once. */
export interface Copy {
  readonly key: string;
  readonly text: string;
  readonly used: boolean;
}

/** A card as the phone stores it. */
export interface Card {
  readonly id: string;
  /** The `vct`. */
  readonly type: string;
  /** The issuer's credential configuration id, for requesting more copies. */
  readonly configuration: string;
  readonly issuer: string;
  readonly issuerUrl: string;
  readonly name: Named;
  readonly issuerName: Named;
  readonly claims: Readonly<Record<string, unknown>>;
  /** URI of the status list that its copies are in. */
  readonly list: string | null;
  readonly expires: number;
  readonly copies: readonly Copy[];
  /** A refresh token for more copies, bound to a key. */
  readonly renewal: { readonly token: string; readonly key: string } | null;
  readonly receivedAt: number;
}

/** Technical claims of an SD-JWT VC, which are not about its holder. */
const TECHNICAL = ["iss", "iat", "nbf", "exp", "vct", "vct#integrity", "cnf", "status", "_sd", "_sd_alg"];

/** The claims of a credential about its holder, all disclosed. */
export function claimsOf(text: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(readCredential(text).claims).filter(([name]) => !TECHNICAL.includes(name)));
}

/** One claim, by its path in the card. */
export interface Claim {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** The leaves of a card's claims, one for each that can be disclosed: lists are one claim. */
export function leavesOf(claims: Readonly<Record<string, unknown>>, above: readonly string[] = []): readonly Claim[] {
  return Object.entries(claims).flatMap(([name, value]) => {
    const path = [...above, name];
    const isGroup = typeof value === "object" && value !== null && !Array.isArray(value);
    return isGroup ? leavesOf(value as Record<string, unknown>, path) : [{ path, value }];
  });
}

/** Copies that were not presented yet. */
export function unusedOf({ copies }: Card): readonly Copy[] {
  return copies.filter(({ used }) => !used);
}

/** The names of the keys of copies. */
export function keysOf(copies: readonly Copy[]): readonly string[] {
  return copies.map(({ key }) => key);
}

/** The state of a card, as far as the phone knows it. */
export type CardState = "good" | "expired" | "usedUp";

export function stateOf(card: Card, now: number): CardState {
  if (card.expires <= now) return "expired";
  return unusedOf(card).length === 0 ? "usedUp" : "good";
}
