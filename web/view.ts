import type { TemplateResult } from "lit";
import type { KnownBlocks } from "../resolver/proofs/asking/known-blocks.ts";
import { AnswerError, type Asked, type Asking } from "./nodes/asking.ts";
import type { Route } from "./route.ts";
import type { Trusted } from "./settings.ts";
import type { Key, Words } from "./words/words.ts";

/** Where the page comes from: a node's public listener, its audit listener, or a file on disk. */
export type Part = "public" | "audit" | "file";

/** What a view is loaded with. */
export interface Context {
  readonly part: Part;
  readonly route: Route;
  readonly asking: Asking;
  /** URLs of the nodes to ask; the first is the one that serves the page, if one does. */
  readonly nodes: readonly string[];
  readonly trusted: Trusted | undefined;
  /** Unix time in seconds. */
  readonly now: number;
  /** The highest block that each node ever reported as finalized. */
  readonly seen: ReadonlyMap<string, number>;
  /** The newest block that a node proved before, so that a node that goes back is noticed. */
  readonly known: (node: string) => KnownBlocks;
}

/** What a view is drawn with. */
export interface Drawing extends Words {
  readonly route: Route;
  readonly part: Part;
  readonly now: number;
  /** Goes to another place of the page. */
  readonly go: (href: string, how?: { readonly replace?: boolean }) => void;
  /** Draws the view again after a change of the view's own state. */
  readonly redraw: () => void;
}

/** A loaded view: its title, and how it is drawn. */
export interface Loaded {
  readonly title: (words: Words) => string;
  readonly draw: (drawing: Drawing) => TemplateResult;
  /** Requests since it was loaded. */
  readonly asked?: () => readonly Asked[];
}

/** A view could not be loaded; the page shows the reason in the user's language. */
export class ViewError extends Error {
  readonly key: Key;
  readonly values: Readonly<Record<string, string | number>>;

  constructor(key: Key, values: Readonly<Record<string, string | number>> = {}) {
    super(key);
    this.name = "ViewError";
    this.key = key;
    this.values = values;
  }
}

/** Why something failed, in the user's language. */
export function reasonOf(error: unknown, { t }: Pick<Words, "t">): string {
  if (error instanceof ViewError) return t(error.key, error.values);
  if (error instanceof AnswerError) return t("failed.answer", { status: error.status, why: error.message });
  return t("failed.other", { why: error instanceof Error ? error.message : String(error) });
}
