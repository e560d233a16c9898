/** What happens in a node, told to whoever counts it: numbers and fixed words, never a subject, a client or a URL. */
export interface NodeObserver {
  /** One atomic batch went to disk; with `sync` it was waited for. */
  wroteBatch(batch: { readonly seconds: number; readonly sync: boolean }): void;
  /** The chain left our branch, and `depth` of our blocks with it. */
  reorganised(depth: number): void;
  /** An RPC did not answer, or not as it should; `url` is its place in MAPAE_RPC_URLS, from 0 on. */
  rpcFailed(failure: { readonly url: number; readonly kind: string }): void;
  /** The public listener gave an answer. */
  answered(status: number): void;
}
