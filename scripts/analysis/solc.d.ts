declare module "solc" {
  const solc: {
    version(): string;
    /** Standard JSON input to standard JSON output. */
    compile(input: string): string;
  };
  export default solc;
}
