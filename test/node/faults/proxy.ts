import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type Rpc, type RpcCall, RpcError } from "../../../resolver/chain/rpc/rpc.ts";
import { freeRange } from "../../../scripts/rehearsal/free-ports.ts";
import { bodyOf } from "../../helpers/request-body.ts";

/** A call's answer: a result, or an error of JSON-RPC. */
export type RpcAnswer = { readonly result: unknown } | { readonly error: { code: number; message: string } };

/** Gives the honest answer to a call. */
export type Ask = (method: string, params: readonly unknown[]) => Promise<RpcAnswer>;

/** What makes another answer of an honest one; `undefined` leaves it as it is. */
export type Alter = (
  call: RpcCall,
  honest: RpcAnswer,
  ask: Ask,
) => RpcAnswer | undefined | Promise<RpcAnswer | undefined>;

/** How a server spoils its answers. */
export type Spoil =
  /** It does not listen. */
  | { readonly what: "connection" }
  /** It sends something else than the body; `false` when it leaves a request alone. */
  | { readonly what: "response"; readonly send: (response: ServerResponse, body: string, calls: RpcCall[]) => boolean }
  /** It alters answers to calls. */
  | { readonly what: "call"; readonly alter: Alter }
  /** It is a server of another chain. */
  | { readonly what: "chain"; readonly rpc: Rpc };

export interface Spoiling {
  readonly spoil: Spoil;
  readonly times: number;
  readonly after: number;
  readonly always?: Alter | undefined;
}

interface Request {
  readonly id: unknown;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** A JSON-RPC server over HTTP in front of a real chain, which spoils its answers when it is told to. */
export class FaultyProxy {
  readonly #rpc: Rpc;
  readonly #port: number;
  #server: Server | undefined;
  #spoil: Spoil | undefined;
  #always: Alter | undefined;
  #after = 0;
  #left = 0;
  #spoilt = 0;

  static async start(rpc: Rpc): Promise<FaultyProxy> {
    // Not an ephemeral port: while a proxy does not listen, a connection of another process may take such a port, and keep it.
    const proxy = new FaultyProxy(rpc, await freeRange(1));
    await proxy.#listen();
    return proxy;
  }

  private constructor(rpc: Rpc, port: number) {
    this.#rpc = rpc;
    this.#port = port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** How many answers were spoilt since {@link begin}. */
  get spoilt(): number {
    return this.#spoilt;
  }

  /** Whether all that were to be spoilt are. */
  get isSpent(): boolean {
    return this.#left === 0;
  }

  /** Serves `after` more requests, then spoils `times` of the answers that can be spoilt so; alters all, if `always` says so. */
  async begin({ spoil, times, after, always }: Spoiling): Promise<void> {
    this.#spoil = spoil;
    this.#always = always;
    this.#after = after;
    this.#left = times;
    this.#spoilt = 0;
    if (after === 0 && spoil.what === "connection") await this.close();
  }

  /** One more answer was spoilt: known from the other side when there was no connection. */
  count(): void {
    this.#spoilt++;
    this.#left = Math.max(0, this.#left - 1);
  }

  /** Is honest again. */
  async end(): Promise<void> {
    this.#spoil = undefined;
    this.#always = undefined;
    this.#left = 0;
    if (this.#server === undefined) await this.#listen();
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    server?.close();
    server?.closeAllConnections();
    if (server?.listening) await once(server, "close");
  }

  async #listen(): Promise<void> {
    const server = createServer((request, response) => void this.#serve(request, response));
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
    this.#server = server;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await bodyOf(request);
    if (text === undefined) return;
    const asked: Request | Request[] = JSON.parse(text);
    const requests = Array.isArray(asked) ? asked : [asked];
    const answers = [];
    for (const { id, method, params } of requests) {
      answers.push({ jsonrpc: "2.0", id, ...(await this.#answer([method, params])) });
    }
    const body = JSON.stringify(Array.isArray(asked) ? answers : answers[0]);
    const calls = requests.map(({ method, params }): RpcCall => [method, params]);
    const spoil = this.#spoilNow;
    if (spoil?.what === "response" && spoil.send(response, body, calls)) this.count();
    else response.setHeader("content-type", "application/json").end(body);
    if (this.#after > 0 && --this.#after === 0 && this.#spoil?.what === "connection") await this.close();
  }

  /** How this answer is to be spoilt. */
  get #spoilNow(): Spoil | undefined {
    return this.#after === 0 && this.#left > 0 ? this.#spoil : undefined;
  }

  async #answer([method, params]: RpcCall): Promise<RpcAnswer> {
    const spoil = this.#spoilNow;
    if (spoil?.what === "chain") {
      this.count();
      return ask(spoil.rpc, method, params);
    }
    const honest: Ask = (method, params) => ask(this.#rpc, method, params);
    let answer = await honest(method, params);
    const always = await this.#always?.([method, params], answer, honest);
    if (always !== undefined) this.#spoilt++;
    answer = always ?? answer;
    const altered = spoil?.what === "call" ? await spoil.alter([method, params], answer, honest) : undefined;
    if (altered === undefined) return answer;
    this.count();
    return altered;
  }
}

async function ask(rpc: Rpc, method: string, params: readonly unknown[]): Promise<RpcAnswer> {
  try {
    const [result] = await rpc([[method, params]]);
    return { result };
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return { error: { code: error.rpcCode, message: error.message } };
  }
}
