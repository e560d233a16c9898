import { readFileSync } from "node:fs";
import { join } from "node:path";
import encodeQR from "qr";
import type { Handler } from "./http.ts";

export const LANGUAGES = ["ko", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Markup that is safe to put into a page. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Markup | readonly Part[] | undefined | false;

/** Markup of a template: all inserted values are escaped, unless they are markup themselves. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.reduce((text, string, at) => text + markupOf(parts[at - 1]) + string));
}

function markupOf(part: Part): string {
  if (part === undefined || part === false) return "";
  if (part instanceof Markup) return part.text;
  if (typeof part === "object") return part.map(markupOf).join("");
  return String(part).replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
}

/** A QR code with an alternative text. */
export function qrCode(text: string, label: string): Markup {
  const svg = encodeQR(text, "svg", { ecc: "low", scale: 1 });
  return html`<div class="qr" role="img" aria-label="${label}">${new Markup(svg)}</div>`;
}

const STYLE = readFileSync(join(import.meta.dirname, "style.css"));

/** The route of the style sheet of all pages. */
export const STYLE_ROUTE: Readonly<Record<string, Handler>> = {
  "GET /style.css": () => new Response(STYLE, { headers: { "content-type": "text/css; charset=utf-8" } }),
};

export interface Page {
  readonly language: Language;
  readonly title: string;
  readonly body: Markup;
  /** The path of a script of the same part. */
  readonly script?: string;
  readonly status?: number;
  /** Further origins to which its forms may be sent. */
  readonly formsTo?: readonly string[];
  readonly cookies?: readonly string[];
}

const OTHER = { ko: { lang: "en", name: "English" }, en: { lang: "ko", name: "한국어" } } as const;

/** A page that loads nothing from other origins, and that must not be cached or framed. */
export function page({ language, title, body, script, status = 200, formsTo = [], cookies = [] }: Page): Response {
  const other = OTHER[language];
  const whole = html`<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<link rel="stylesheet" href="/style.css">${script !== undefined && html`<script type="module" src="${script}"></script>`}</head>
<body><header><h1>${title}</h1><nav><a href="/?lang=${other.lang}" lang="${other.lang}" hreflang="${other.lang}">${other.name}</a></nav></header>
<main>${body}</main></body></html>`;
  const forms = ["'self'", ...formsTo].join(" ");
  const headers = new Headers({
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": `default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action ${forms}; frame-ancestors 'none'; base-uri 'none'`,
    // Forms need their origin: with `no-referrer` browsers would send `Origin: null`.
    "referrer-policy": "same-origin",
  });
  headers.append("set-cookie", `lang=${language}; Path=/; SameSite=Lax; Max-Age=31536000`);
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(whole.text, { status, headers });
}

/** The language of `?lang=`, otherwise of the cookie, otherwise of the browser. */
export function languageOf(request: Request): Language {
  const wanted = [
    new URL(request.url).searchParams.get("lang"),
    cookieOf(request, "lang"),
    request.headers.get("accept-language")?.slice(0, 2).toLowerCase(),
  ];
  return wanted.find((one): one is Language => LANGUAGES.some((known) => known === one)) ?? "ko";
}

export function cookieOf(request: Request, name: string): string | undefined {
  const cookies = (request.headers.get("cookie") ?? "").split("; ").map((one) => one.split("="));
  return cookies.find(([key]) => key === name)?.[1];
}
