/** The part of `jsonld` that tests use; the package has no types of its own. */
declare module "jsonld" {
  interface RemoteDocument {
    documentUrl: string;
    document: unknown;
  }
  interface Options {
    /** IRI that relative references are resolved against. */
    base: string;
    /** Whether data that would be lost is an error. */
    safe: boolean;
    documentLoader: (url: string) => Promise<RemoteDocument>;
  }
  const jsonld: { expand(document: object, options: Options): Promise<Record<string, unknown>[]> };
  export default jsonld;
}
