import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { bundled, type SiteFile, styles } from "../shared/site.ts";

const PAGE = join(import.meta.dirname, "page");

/** Everything that the wallet's site serves, by path. @param settings the settings for every phone. */
export async function buildWallet(settings: object): Promise<ReadonlyMap<string, SiteFile>> {
  const text = (name: string) => readFile(join(PAGE, name), "utf8");
  const files = new Map<string, SiteFile>([
    ["/", { type: "text/html; charset=utf-8", body: await text("index.html") }],
    ["/wallet.js", { type: "text/javascript", body: await bundled(join(PAGE, "main.ts")) }],
    ["/wallet.css", { type: "text/css; charset=utf-8", body: await styles(join(PAGE, "wallet.css")) }],
    ["/manifest.webmanifest", { type: "application/manifest+json", body: await text("manifest.webmanifest") }],
    ["/icon.svg", { type: "image/svg+xml", body: await text("icon.svg") }],
    ["/settings.json", { type: "application/json", body: JSON.stringify(settings) }],
  ]);
  const build = createHash("sha256");
  for (const [path, { body }] of files) build.update(path).update(body);
  const BUILD = JSON.stringify(`wallet-${build.digest("hex").slice(0, 16)}`);
  const worker = await bundled(join(PAGE, "service-worker.ts"), { BUILD });
  return files.set("/service-worker.js", { type: "text/javascript", body: worker });
}
