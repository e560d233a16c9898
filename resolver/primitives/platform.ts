/** The part of `node:crypto` that the library uses. */
interface NodeCrypto {
  getHashes(): string[];
  /** A text is hashed as UTF-8. */
  hash(algorithm: string, data: Uint8Array | string, encoding: "hex" | "base64url"): string;
  createPublicKey(key: { readonly key: object; readonly format: "jwk" }): object;
  verify(
    algorithm: "sha256" | null,
    data: Uint8Array,
    key: { readonly key: object; readonly dsaEncoding: "ieee-p1363" },
    signature: Uint8Array,
  ): boolean;
  readonly ECDH: {
    convertKey(key: Uint8Array, curve: string, from: undefined, to: undefined, format: "uncompressed"): Uint8Array;
  };
}

/** The part of `node:zlib` that the library uses. */
interface NodeZlib {
  inflateSync(bytes: Uint8Array, options: ZlibOptions): Inflated;
  gunzipSync(bytes: Uint8Array, options: ZlibOptions): Inflated;
}

interface ZlibOptions {
  /** Bytes of output that are allocated in one step. */
  readonly chunkSize: number;
  /** A longer output throws. */
  readonly maxOutputLength: number;
  readonly info: true;
}

interface Inflated {
  readonly buffer: Uint8Array;
  /** `bytesWritten` is the number of input bytes read. */
  readonly engine: { readonly bytesWritten: number };
}

/** The part of Node's `Buffer` that the library uses. */
interface NodeBuffer {
  new (): Uint8Array & { write(text: string, offset: number, encoding: "hex"): number };
  allocUnsafe(size: number): Uint8Array;
}

interface Builtins {
  readonly "node:crypto": NodeCrypto;
  readonly "node:zlib": NodeZlib;
}

const platform = globalThis as unknown as {
  readonly process?: { readonly getBuiltinModule?: <M extends keyof Builtins>(id: M) => Builtins[M] | undefined };
  readonly Buffer?: NodeBuffer;
};

/**
 * Node's OpenSSL, where the library runs on Node; `undefined` in a browser. It is not imported, so that bundlers do not try to
 * resolve it.
 */
export const nodeCrypto: NodeCrypto | undefined = platform.process?.getBuiltinModule?.("node:crypto");

/** Node's zlib; `undefined` in a browser. */
export const nodeZlib: NodeZlib | undefined = platform.process?.getBuiltinModule?.("node:zlib");

/** Node's `Buffer`; `undefined` in a browser. */
export const NodeBuffer: NodeBuffer | undefined = platform.Buffer;
