import { render } from "lit";
import type { KnownBlocks } from "../resolver/proofs/asking/known-blocks.ts";
import { asking } from "./nodes/asking.ts";
import { findNodes } from "./nodes/find-nodes.ts";
import { hrefOf, type Route, readRoute } from "./route.ts";
import { directHref, soughtIn } from "./search.ts";
import { keep, readKept, THEMES, type Trusted } from "./settings.ts";
import { drawShell } from "./shell.ts";
import { storeOf } from "./store.ts";
import { bearer } from "./token.ts";
import type { Context, Drawing, Loaded } from "./view.ts";
import { loadOverview } from "./views/overview.ts";
import { LANGUAGES, wordsIn } from "./words/words.ts";

const root = document.documentElement;
const place = document.getElementById("page") as HTMLElement;
const part = (["audit", "file"] as const).find((one) => one === root.dataset.part) ?? "public";
const first = part === "audit" ? "changes" : "overview";
/** The node that serves the page, which may be below a path. */
const own = part === "file" ? undefined : new URL(".", location.href).href.replace(/\/$/, "");
const kept = readKept();
/** The highest block that each node ever reported as finalized, so that a node that goes back is noticed. */
const seen = new Map(Object.entries(kept.seen));
/** What each node proved in this visit. */
const proven = new Map<string, KnownBlocks>();
/** Counts loads, so that a view that arrives after a newer one was requested is not shown. */
let begun = 0;
let found: Promise<Found> | undefined;

const store = storeOf(
  {
    language: kept.language,
    theme: kept.theme,
    route: readRoute(location.search, first),
    nodes: [],
    trusted: undefined,
    shown: { kind: "loading" },
  },
  draw,
);

interface Found {
  readonly nodes: readonly string[];
  readonly trusted: Trusted | undefined;
}

function draw(): void {
  const state = store.get();
  const words = wordsIn(state.language);
  root.lang = state.language;
  root.dataset.theme = state.theme;
  const drawing: Drawing = { ...words, route: state.route, part, now: unixNow(), go, redraw: draw };
  const title = state.shown.kind === "ready" ? state.shown.view.title(words) : words.t("loading");
  document.title = `${title} – Mapae`;
  render(drawShell(state, drawing, { search, setLanguage, setTheme, reload }), place);
}

async function show(): Promise<void> {
  const mine = ++begun;
  const { route } = store.get();
  store.set({ shown: { kind: "loading" } });
  const asker = asking(bearer.headers);
  try {
    found ??= findNodes({ own: part === "audit" ? undefined : own, kept: readKept(), asking: asker });
    const { nodes, trusted } = part === "audit" ? { nodes: [location.origin], trusted: undefined } : await found;
    const context: Context = { part, route, asking: asker, nodes, trusted, now: unixNow(), seen, known };
    const view = await loaded(context);
    if (mine !== begun) return;
    store.set({ nodes, trusted, shown: { kind: "ready", view, asked: asker.asked } });
  } catch (error) {
    found = undefined;
    if (mine === begun) store.set({ shown: { kind: "failed", error, asked: asker.asked } });
  }
}

function known(node: string): KnownBlocks {
  const blocks = proven.get(node) ?? new Map();
  proven.set(node, blocks);
  return blocks;
}

async function loaded(context: Context): Promise<Loaded> {
  if (context.route.view === "overview" && context.nodes.length > 0) {
    const overview = await loadOverview(context);
    for (const [url, block] of overview.settled) seen.set(url, Math.max(block, seen.get(url) ?? 0));
    keep({ seen: Object.fromEntries(seen) });
    return overview;
  }
  // The code that folds and verifies is loaded at its first use.
  const { loadView } = await import("./views/views.ts");
  return loadView(context);
}

/** With `replace` it stays the same view, which is drawn for its new address without requests. */
function go(href: string, { replace = false } = {}): void {
  if (replace) {
    history.replaceState(null, "", href);
    store.set({ route: readRoute(location.search, first) });
    return;
  }
  history.pushState(null, "", href);
  arrive();
}

function arrive(): void {
  const route: Route = readRoute(location.search, first);
  store.set({ route });
  void show().then(() => {
    scrollTo(0, 0);
    // A screen reader then announces the view.
    document.querySelector("h1")?.focus();
  });
}

function search(text: string): void {
  const sought = soughtIn(text);
  if (text.trim() === "") return;
  const network = (store.get().trusted?.descriptor as { name?: string } | undefined)?.name;
  go(directHref(sought, network) ?? hrefOf("search", { q: text.trim() }));
}

function setLanguage(): void {
  const language = LANGUAGES.find((one) => one !== store.get().language) ?? "en";
  keep({ language });
  store.set({ language });
}

function setTheme(): void {
  const theme = THEMES[(THEMES.indexOf(store.get().theme) + 1) % THEMES.length] ?? "auto";
  keep({ theme });
  store.set({ theme });
}

/** Requests everything again, because nodes and descriptor may have changed. */
function reload(): void {
  found = undefined;
  void show();
}

function unixNow(): number {
  return Math.floor(Date.now() / 1_000);
}

addEventListener("popstate", arrive);
document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : undefined;
  const copied = target?.closest<HTMLElement>("[data-copy]");
  if (copied) void copy(copied);
  const href = target?.closest("a")?.getAttribute("href");
  const isOther = event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey;
  if (!href?.startsWith("?") || isOther) return;
  event.preventDefault();
  go(href);
});

async function copy(button: HTMLElement): Promise<void> {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy ?? "");
    button.textContent = "✓";
  } catch {
    button.textContent = button.dataset.copy ?? "";
    return;
  }
  setTimeout(() => {
    button.textContent = before;
  }, 1_500);
}

void show();
