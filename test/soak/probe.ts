import { once } from "node:events";
import { readdir, readFile, readlink } from "node:fs/promises";
import { sampleOf, scrape } from "../helpers/exposition.ts";
import type { Sample } from "./verdict.ts";

export interface ProbeOptions {
  readonly pid: number;
  /** URL of the node's metrics listener. */
  readonly metricsUrl: string;
  /** URL of V8's inspector in the node's process. */
  readonly inspectorUrl: string;
  readonly dataDir: string;
}

/** V8's answer about its heap, in bytes. */
interface HeapUsage {
  readonly usedSize: number;
  readonly embedderHeapUsedSize?: number;
  readonly backingStorageSize?: number;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Asked {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/**
 * Measures a node's process from outside. V8's inspector collects garbage before each sample, so only memory that is still in
 * use is counted, and the node itself needs no changes. Linux only: descriptors are read from `/proc`.
 */
export class Probe {
  readonly #options: ProbeOptions;
  readonly #inspector: WebSocket;
  readonly #asked = new Map<number, Asked>();
  readonly #began = performance.now();
  #count = 0;
  /** Maximum bytes that LevelDB has reported so far. */
  #store = 0;

  private constructor(options: ProbeOptions, inspector: WebSocket) {
    this.#options = options;
    this.#inspector = inspector;
    inspector.addEventListener("message", ({ data }) => {
      const answer = JSON.parse(String(data)) as Answer;
      this.#asked.get(answer.id)?.resolve(answer);
      this.#asked.delete(answer.id);
    });
    inspector.addEventListener("close", () => {
      for (const { reject } of this.#asked.values()) reject(new Error("The node's inspector closed the connection"));
    });
  }

  static async open(options: ProbeOptions): Promise<Probe> {
    const inspector = new WebSocket(options.inspectorUrl);
    await once(inspector, "open");
    return new Probe(options, inspector);
  }

  async sample(): Promise<Sample> {
    // Two collections: finalizers of the first may release further objects.
    for (let rounds = 0; rounds < 2; rounds++) await this.#ask("HeapProfiler.collectGarbage");
    const heap = (await this.#ask("Runtime.getHeapUsage")) as HeapUsage;
    const metrics = await scrape(this.#options.metricsUrl);
    this.#store = Math.max(this.#store, sampleOf(metrics, "mapae_store_memory_bytes") ?? Number.NaN);
    return {
      seconds: (performance.now() - this.#began) / 1_000,
      heap: heap.usedSize + (heap.embedderHeapUsedSize ?? 0) + (heap.backingStorageSize ?? 0),
      memory: (await this.#memory()) - this.#store,
      resources: sampleOf(metrics, "nodejs_active_resources_total") ?? Number.NaN,
      ...(await this.#descriptors()),
    };
  }

  close(): void {
    this.#inspector.close();
  }

  async #memory(): Promise<number> {
    const status = await readFile(`/proc/${this.#options.pid}/status`, "utf8");
    return Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1]) * 1_024;
  }

  async #descriptors(): Promise<Pick<Sample, "sockets" | "files">> {
    const folder = `/proc/${this.#options.pid}/fd`;
    const names = await readdir(folder);
    // A descriptor may be closed between the two calls.
    const targets = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => "closed")));
    const sockets = targets.filter((target) => target.startsWith("socket:")).length;
    const ours = targets.filter((target) => target === "closed" || target.startsWith(this.#options.dataDir)).length;
    return { sockets, files: targets.length - sockets - ours };
  }

  async #ask(method: string): Promise<unknown> {
    const id = ++this.#count;
    const answer = new Promise<Answer>((resolve, reject) => this.#asked.set(id, { resolve, reject }));
    this.#inspector.send(JSON.stringify({ id, method }));
    const { result, error } = await answer;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }
}
