/** Methods of `Uint8Array` that Node 25 and browsers of 2025 have (ECMA-262, "Uint8Array to/from Base64"). */
interface Base64Bytes {
  toBase64?(options: { readonly alphabet: "base64url"; readonly omitPadding: true }): string;
}
const { fromBase64 } = Uint8Array as unknown as {
  fromBase64?(this: unknown, text: string, options: { readonly alphabet: "base64url" }): Uint8Array<ArrayBuffer>;
};

/** base64url without padding (RFC 4648, section 5; RFC 7515, section 2). */
export const base64url = {
  encode(bytes: Uint8Array): string {
    const native = (bytes as Base64Bytes).toBase64?.({ alphabet: "base64url", omitPadding: true });
    return native ?? encodeInJavaScript(bytes);
  },

  /** @throws TypeError when the text is no base64url without padding. */
  decode(text: string): Uint8Array<ArrayBuffer> {
    if (fromBase64 === undefined) return decodeInJavaScript(text);
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = fromBase64.call(Uint8Array, text, { alphabet: "base64url" });
    } catch (cause) {
      throw noBase64url(cause);
    }
    // `fromBase64` accepts padding and white space: then there are fewer bytes than that many characters encode.
    if (text.length % 4 === 1 || bytes.length !== Math.floor((text.length * 3) / 4)) throw noBase64url();
    return bytes;
  },
};

/** {@link base64url.encode} on an older platform. */
export function encodeInJavaScript(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/[+/=]/g, (letter) => ({ "+": "-", "/": "_" })[letter] ?? "");
}

/**
 * {@link base64url.decode} on an older platform.
 * @throws TypeError
 */
export function decodeInJavaScript(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) throw noBase64url();
  const binary = atob(text.replace(/[-_]/g, (letter) => (letter === "-" ? "+" : "/")));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

function noBase64url(cause?: unknown): TypeError {
  return new TypeError("Got no base64url without padding", { cause });
}
