import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build as bundle, type Plugin } from "esbuild";

const SHARED = import.meta.dirname;

/** A file of a site, as it is served. */
export interface SiteFile {
  readonly type: string;
  readonly body: string | Uint8Array;
}

/** Leaves out zod's messages in fifty languages, half a megabyte of which pages show nothing. */
const withoutZodLanguages: Plugin = {
  name: "without-zod-languages",
  setup({ onLoad }) {
    onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({ contents: "export {};", loader: "js" }));
  },
};

/** Bundles one module for browsers. */
export async function bundled(entry: string, define: Record<string, string> = {}): Promise<string> {
  const { outputFiles } = await bundle({
    entryPoints: [entry],
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify: true,
    write: false,
    outdir: "out",
    define,
    plugins: [withoutZodLanguages],
    logLevel: "error",
  });
  return outputFiles[0]?.text ?? "";
}

/** The styles that all pages share, together with those of one. */
export async function styles(own: string): Promise<string> {
  const files = [join(SHARED, "krds.css"), join(SHARED, "parts.css"), own];
  return (await Promise.all(files.map((file) => readFile(file, "utf8")))).join("\n");
}
