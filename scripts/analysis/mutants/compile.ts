import solc from "solc";
import { z } from "zod";
import { type CompilerInput, compilerInput } from "../compiler-input.ts";
import { isNode, listed, type Node } from "./syntax-tree.ts";

const bytecode = z.looseObject({ object: z.string() });
const output = z.object({
  errors: z.array(z.object({ severity: z.string(), formattedMessage: z.string() })).default([]),
  sources: z.record(z.string(), z.object({ ast: z.custom<Node>(isNode).optional() })).default({}),
  contracts: z
    .record(z.string(), z.record(z.string(), z.object({ evm: z.object({ bytecode, deployedBytecode: bytecode }) })))
    .default({}),
});

/** A deployable contract with its compiled code. */
export interface Code {
  readonly file: string;
  readonly contract: string;
  /** In hex without `0x`. */
  readonly bytecode: string;
  readonly deployedBytecode: string;
  readonly immutableReferences: unknown;
}

/** The compiler, with Hardhat's settings and sources. */
export interface Compiler {
  readonly input: CompilerInput;
  /** The contracts that are mutated: each file with its text and syntax tree. */
  readonly files: ReadonlyMap<string, { readonly source: string; readonly tree: Node }>;
  /** The code of every unmutated contract. */
  readonly original: readonly Code[];
  /**
   * Compiles the contracts that a file is part of, or their harnesses, with another text of that file.
   *
   * @returns `undefined` when the text does not compile.
   */
  compile(file: string, source: string, kind: Kind): Code[] | undefined;
}

/** How tests deploy a contract: itself, or a harness that exposes its internals. */
const PATHS = { contract: /^contracts\/\w+\.sol$/, harness: /^contracts\/test\/\w+Harness\.sol$/ };
export type Kind = keyof typeof PATHS;

const CODE = ["evm.bytecode.object", "evm.deployedBytecode"];

/**
 * Opens the compiler, with metadata turned off. So the code does not end in a hash of the source, and two texts that the
 * optimizer makes equal have the same code.
 *
 * @throws {Error} when the unmutated contracts don't compile.
 */
export async function openCompiler(): Promise<Compiler> {
  const isOurs = (path: string) => Object.values(PATHS).some((pattern) => pattern.test(path));
  const input = await compilerInput((path) => !path.startsWith("contracts/test/") || isOurs(path));
  const settings = { ...input.settings, metadata: { appendCBOR: false, bytecodeHash: "none" } };
  const run = (sources: CompilerInput["sources"], outputSelection: unknown) => {
    const request = { language: input.language, sources, settings: { ...settings, outputSelection } };
    const result = output.parse(JSON.parse(solc.compile(JSON.stringify(request))));
    return { ...result, failed: result.errors.filter(({ severity }) => severity === "error") };
  };

  const { sources, failed } = run(input.sources, { "*": { "": ["ast"] } });
  const [error] = failed;
  if (error) throw new Error(`the contracts do not compile: ${error.formattedMessage}`);
  const trees = Object.entries(sources).flatMap(([path, { ast }]) =>
    ast && isOurs(path) ? [{ path, tree: ast }] : [],
  );
  const contracts = trees.flatMap(({ path, tree }) =>
    listed(tree, "nodes")
      .filter(({ nodeType }) => nodeType === "ContractDefinition")
      .map(({ id, name, abstract, linearizedBaseContracts: bases }) => ({ path, id, name, abstract, bases })),
  );

  const compile = (file: string, source: string, kind: Kind) => {
    const own = contracts.filter(({ path }) => path === file).map(({ id }) => id);
    const selection: Record<string, Record<string, string[]>> = {};
    for (const { path, name, abstract, bases } of contracts.filter((one) => PATHS[kind].test(one.path))) {
      if (abstract !== false || !Array.isArray(bases) || !own.some((id) => bases.includes(id))) continue;
      selection[path] = { [String(name)]: CODE };
    }
    const result = run({ ...input.sources, [file]: { content: source } }, selection);
    return result.failed.length > 0 ? undefined : codesOf(result.contracts);
  };

  const files = trees
    .filter(({ path }) => PATHS.contract.test(path))
    .map(({ path, tree }) => [path, { source: input.sources[path]?.content ?? "", tree }] as const);
  const everything = Object.fromEntries(trees.map(({ path }) => [path, { "*": CODE }]));
  return { input, files: new Map(files), original: codesOf(run(input.sources, everything).contracts), compile };
}

function codesOf(contracts: z.infer<typeof output>["contracts"]): Code[] {
  return Object.entries(contracts).flatMap(([file, made]) =>
    Object.entries(made).map(([contract, { evm }]) => ({
      file,
      contract,
      bytecode: evm.bytecode.object,
      deployedBytecode: evm.deployedBytecode.object,
      immutableReferences: evm.deployedBytecode.immutableReferences,
    })),
  );
}
