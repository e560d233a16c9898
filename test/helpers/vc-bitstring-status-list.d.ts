/** The part of `@digitalbazaar/vc-bitstring-status-list` that tests use; the package has no types of its own. */
declare module "@digitalbazaar/vc-bitstring-status-list" {
  interface BitstringStatusList {
    setStatus(index: number, status: boolean): void;
    getStatus(index: number): boolean;
    encode(): Promise<string>;
  }
  export function createList(options: { length: number }): Promise<BitstringStatusList>;
  export function decodeList(options: { encodedList: string }): Promise<BitstringStatusList>;
}
