import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { type BuildOptions, build } from "esbuild";
import { REPOSITORY } from "../../cli/files/repository.ts";
import { BROWSER_BUILD } from "./bundle.ts";

/** Name of the page that a node serves, with its files beside it. */
export const PAGE_FILE = "index.html";
/** Name of the page as a single file, which runs from disk. */
export const SINGLE_FILE = "mapae-page.html";

/** Packages that are inside the built page. */
export const PAGE_PACKAGES: readonly string[] = ["lit", "qr"];

const OPTIONS = {
  ...BROWSER_BUILD,
  charset: "utf8",
  // Licences of bundled packages are at the end of each file.
  legalComments: "eof",
  tsconfig: join(REPOSITORY, "web", "tsconfig.json"),
} as const satisfies BuildOptions;

/**
 * Builds the page into a folder: files named by their hash, each also compressed, the HTML that refers to them, and the
 * single file. Existing files with the same hash are not written again, and equal sources give equal bytes, so that
 * concurrent builds do no harm.
 */
export async function buildPage(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const template = await readFile(join(REPOSITORY, "web", "index.html"), "utf8");
  const files = new Map<string, Buffer>();
  const named = async (entry: string) => {
    const { outputFiles } = await build({
      ...OPTIONS,
      entryPoints: [entry],
      outdir: folder,
      splitting: true,
      entryNames: "[name]-[hash]",
      chunkNames: "[name]-[hash]",
    });
    const names = outputFiles.map(({ path, contents }) => {
      const name = path.split(/[\\/]/).at(-1) ?? "";
      files.set(name, Buffer.from(contents));
      return name;
    });
    return names[0] ?? "";
  };
  const [script, style] = await Promise.all([named("web/main.ts"), named("web/style/page.css")]);
  const html = template
    .replace("<!-- style -->", `<link rel="stylesheet" href="page/${style}">`)
    .replace("<!-- script -->", `<script type="module" src="page/${script}"></script>`);
  files.set(PAGE_FILE, Buffer.from(html));
  files.set(SINGLE_FILE, Buffer.from(await singleFile(template)));
  await writeAll(folder, files);
}

/** The HTML with script and style inside. Its content security policy allows them by their hashes. */
async function singleFile(template: string): Promise<string> {
  const text = async (entry: string) => {
    const { outputFiles } = await build({ ...OPTIONS, entryPoints: [entry], outdir: REPOSITORY });
    return outputFiles[0]?.text ?? "";
  };
  const [code, style] = await Promise.all([text("web/main.ts"), text("web/style/page.css")]);
  const script = code.replaceAll("</script", "<\\/script");
  const hash = (content: string) => `'sha256-${createHash("sha256").update(content).digest("base64")}'`;
  const policy = [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    "img-src data:",
    "connect-src https: http:",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types lit-html",
  ].join("; ");
  return template
    .replace(
      "<!-- style -->",
      () => `<meta http-equiv="content-security-policy" content="${policy}"><style>${style}</style>`,
    )
    .replace("<!-- script -->", () => `<script type="module">${script}</script>`)
    .replace('data-part="public"', 'data-part="file"');
}

/** Writes the HTML last, when the files that it refers to exist. */
async function writeAll(folder: string, files: ReadonlyMap<string, Buffer>): Promise<void> {
  const there = new Set(await readdir(folder));
  const wanted = new Set<string>();
  const write = async (name: string, content: () => Buffer | Promise<Buffer>, isNamedByHash: boolean) => {
    wanted.add(name);
    if (isNamedByHash && there.has(name)) return;
    const unfinished = join(folder, `${name}.${process.pid}.tmp`);
    await writeFile(unfinished, await content());
    await rename(unfinished, join(folder, name));
  };
  for (const [name, content] of files) {
    const isNamedByHash = !name.endsWith(".html");
    if (name !== PAGE_FILE) await write(name, () => content, isNamedByHash);
    if (!isNamedByHash) continue;
    await write(`${name}.br`, () => brotli(content), true);
    await write(`${name}.gz`, () => promisify(gzip)(content, { level: 9 }), true);
  }
  await write(PAGE_FILE, () => files.get(PAGE_FILE) ?? Buffer.alloc(0), false);
  for (const name of there)
    if (!wanted.has(name) && !name.endsWith(".tmp")) await rm(join(folder, name), { force: true });
}

function brotli(content: Buffer): Promise<Buffer> {
  return promisify(brotliCompress)(content, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
  });
}
