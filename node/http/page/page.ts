import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Answer, tagOf } from "../answer.ts";
import { IMMUTABLE, notModified } from "../caching.ts";
import { readRanges } from "../negotiation/media-range.ts";
import { problem, problemAnswer } from "../problem.ts";

/** Folder of the page, which `npm run compile` builds and a release contains. */
export const PAGE_FOLDER = fileURLToPath(new URL("../../../dist/page/", import.meta.url));

/** The listener that serves the page, on which its content and the servers that it may ask depend. */
export type PagePart = "public" | "audit";

/** The headers of a request for the page that matter. */
export interface PageRequest {
  readonly acceptEncoding: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

export interface PageOptions {
  readonly part: PagePart;
  /** Origins of other nodes that the page may ask; by default none. */
  readonly nodes?: readonly string[];
  readonly folder?: string;
}

/** Answers with the page. */
export interface Page {
  /** The HTML. */
  readonly start: (request: PageRequest) => Answer;
  /** A file to which the HTML refers. */
  readonly file: (name: string, request: PageRequest) => Answer;
}

const TYPES: Readonly<Record<string, string>> = { js: "text/javascript", css: "text/css" };
/** The smallest first. */
const ENCODINGS = [
  { name: "br", suffix: ".br" },
  { name: "gzip", suffix: ".gz" },
] as const;

/**
 * Reads the built page into memory. Its files are named by their hash and never change. Without a built page, a node answers
 * `NO_PAGE` here, and serves everything else.
 */
export function pageAnswers({ part, nodes = [], folder = PAGE_FOLDER }: PageOptions): Page {
  const files = readFolder(folder);
  const html = files.get("index.html")?.toString().replace('data-part="public"', `data-part="${part}"`);
  const policy = pagePolicy(nodes);
  const etag = `"${tagOf(html ?? "")}"`;
  const none = problemAnswer(
    problem("NO_PAGE", "This node was started without its page: npm run compile builds it, a release brings it"),
  );

  return {
    start({ ifNoneMatch }) {
      if (html === undefined) return none;
      const headers = { etag, "cache-control": "no-cache", "content-security-policy": policy };
      const type = { "content-type": "text/html; charset=utf-8" };
      return notModified(ifNoneMatch, headers) ?? { status: 200, headers: { ...headers, ...type }, body: html };
    },
    file(name, { acceptEncoding = "" }) {
      const plain = files.get(name);
      const type = TYPES[name.split(".").at(-1) ?? ""];
      if (plain === undefined || type === undefined)
        return problemAnswer(problem("NO_PAGE", "Got another name than the page's files have"));
      const encoding = encodingFor(acceptEncoding, (suffix) => files.has(name + suffix));
      return {
        status: 200,
        headers: {
          "content-type": `${type}; charset=utf-8`,
          "cache-control": IMMUTABLE,
          vary: "accept-encoding",
          ...(encoding && { "content-encoding": encoding.name }),
        },
        body: [(encoding && files.get(name + encoding.suffix)) ?? plain],
      };
    },
  };
}

/**
 * The compressed form for a client (RFC 9110, section 12.5.3): that with the highest weight, of equal ones the smallest.
 * @returns `undefined` when none is acceptable; the plain file is then sent, which all clients read.
 */
function encodingFor(accepted: string, isThere: (suffix: string) => boolean) {
  const ranges = readRanges(accepted);
  const weightOf = (name: string) =>
    (ranges.find(({ type }) => type === name) ?? ranges.find(({ type }) => type === "*"))?.weight ?? 0;
  return ENCODINGS.filter(({ name, suffix }) => weightOf(name) > 0 && isThere(suffix)).toSorted(
    (a, b) => weightOf(b.name) - weightOf(a.name),
  )[0];
}

/**
 * The content security policy: only the page's own files run, and it may ask only this node and the nodes that the operator
 * configured.
 */
function pagePolicy(nodes: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    ["connect-src 'self'", ...nodes].join(" "),
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types lit-html",
  ].join("; ");
}

function readFolder(folder: string): ReadonlyMap<string, Buffer> {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return new Map();
    throw error;
  }
  const served = names.filter((name) => name === "index.html" || /^[\w-]+\.(?:js|css)(?:\.br|\.gz)?$/.test(name));
  return new Map(served.map((name) => [name, readFileSync(join(folder, name))]));
}
