import type { TemplateResult } from "lit";
import type { KnownBlocks } from "../resolver/proofs/asking/known-blocks.ts";
import type { Asked, Asking } from "./nodes/asking.ts";
import type { Route } from "./route.ts";
import type { Trusted } from "./settings.ts";
import type { Key, Words } from "./words/words.ts";

/** Which of the page's parts this is: a node's public one, its audit listener's, or a file on disk. */
export type Part = "public" | "audit" | "file";

/** What a view is made with. */
export interface Context {
  readonly part: Part;
  readonly route: Route;
  readonly asking: Asking;
  /** URLs of the nodes that are asked; the first is the one that serves the page, if one does. */
  readonly nodes: readonly string[];
  readonly trusted: Trusted | undefined;
  /** Unix time in seconds. */
  readonly now: number;
  /** The highest block that each node ever said to stay. */
  readonly seen: ReadonlyMap<string, number>;
  /** What a node proved before, so that it is seen where it goes back behind that. */
  readonly known: (node: string) => KnownBlocks;
}

/** What a view is drawn with. */
export interface Drawing extends Words {
  readonly route: Route;
  readonly part: Part;
  readonly now: number;
  /** Leads to another place of the page. */
  readonly go: (href: string, how?: { readonly replace?: boolean }) => void;
  /** Draws again: something that the view itself holds has changed. */
  readonly redraw: () => void;
}

/** A view that was loaded: what it is called, and how it is drawn. */
export interface Loaded {
  readonly title: (words: Words) => string;
  readonly draw: (drawing: Drawing) => TemplateResult;
  /** What was asked since it was loaded. */
  readonly asked?: () => readonly Asked[];
}

/** A question could not be answered; the page says why in its reader's language. */
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
