import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";
import { ROOT } from "../package/tools.ts";
import { BROWSER_BUILD } from "../page/bundle.ts";
import type { Row } from "./row.ts";

/** Most bytes, minified and gzipped, that a page loads before it runs. */
export const LIBRARY_LIMITS = { whole: 90_000, getResolver: 60_000 } as const;

const MODULES = {
  whole: 'export * from "./resolver/index.ts";',
  getResolver: 'export { getResolver } from "./resolver/get-resolver.ts";',
} as const satisfies Record<keyof typeof LIBRARY_LIMITS, string>;

/** Leaves what is imported only when it is needed, such as ML-DSA in JavaScript, to be loaded later. */
const LATER: Plugin = {
  name: "later",
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ kind, path }) => (kind === "dynamic-import" ? { path, external: true } : undefined));
  },
};

/** Bytes, minified and gzipped, that are loaded before a part of the library runs. */
export async function librarySize(part: keyof typeof LIBRARY_LIMITS): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: MODULES[part], resolveDir: ROOT },
    ...BROWSER_BUILD,
    plugins: [LATER],
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error("esbuild made no bundle");
  return gzipSync(file.contents).length;
}

/** What the library costs a page, against limits of ours. */
export async function libraryRows(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const part of ["whole", "getResolver"] as const) {
    const ours = await librarySize(part);
    const theirs = LIBRARY_LIMITS[part];
    const what = { topic: `library: ${part}`, size: "minified, gzip", peer: "a limit of ours" };
    rows.push({ ...what, ours, theirs, unit: "bytes", goal: 1 });
  }
  return rows;
}
