import assert from "node:assert/strict";
import { cp, mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { DockerfileParser, type Instruction, ModifiableInstruction } from "dockerfile-ast";

/** One instruction, with its flags and its arguments; the arguments may be in JSON form. */
export interface Step {
  readonly keyword: string;
  readonly flags: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

/** The contents of a container file. */
export interface ContainerFile {
  /** The base of the last stage, with the file's own defaults for build arguments. */
  readonly base: string;
  /** The instructions of each stage, without its FROM. */
  readonly stages: ReadonlyMap<string, readonly Step[]>;
  /** The instructions of the last stage. */
  readonly steps: readonly Step[];
}

/** Reads a container file as BuildKit and Buildah do; fails on an instruction that neither of them supports. */
export function readContainerFile(text: string): ContainerFile {
  const file = DockerfileParser.parse(text);
  const defaults = new Map(
    file.getInitialARGs().map((arg) => [arg.getProperty()?.getName(), arg.getProperty()?.getValue()]),
  );
  const stages = new Map<string, Step[]>();
  let base = "";
  let steps: Step[] = [];
  for (const instruction of file.getInstructions()) {
    const step = stepOf(instruction);
    if (step.keyword === "ARG" && stages.size === 0) continue;
    if (step.keyword !== "FROM") {
      steps.push(step);
      continue;
    }
    const [image = "", , name = "last"] = step.args;
    base = image.replace(/^\$\{(\w+)\}$/, (_, variable) => defaults.get(variable) ?? "");
    steps = [];
    stages.set(name, steps);
  }
  return { base, stages, steps };
}

const KEYWORDS = [
  "ARG",
  "CMD",
  "COPY",
  "ENTRYPOINT",
  "ENV",
  "EXPOSE",
  "FROM",
  "HEALTHCHECK",
  "RUN",
  "STOPSIGNAL",
  "USER",
];

function stepOf(instruction: Instruction): Step {
  const keyword = instruction.getKeyword();
  assert([...KEYWORDS, "VOLUME", "WORKDIR"].includes(keyword), `there is no ${keyword} in ours`);
  const flags = instruction instanceof ModifiableInstruction ? instruction.getFlags() : [];
  const [, json] = /(?:^|\s)(\[.*\])$/s.exec(instruction.getArgumentsContent() ?? "") ?? [];
  const args = instruction.getArguments().map((argument) => argument.getValue());
  return {
    keyword,
    flags: Object.fromEntries(flags.map((flag) => [flag.getName(), flag.getValue() ?? ""])),
    args: json === undefined ? args : (JSON.parse(json) as string[]),
  };
}

/** The path of a container's folder below the folder that stands for `/`. */
export function inRoot(root: string, workdir: string, path: string): string {
  return join(root, resolve(workdir, path));
}

/** Executes the COPY instructions of a stage for files of the build's context, below a folder that stands for `/`. */
export async function copyFiles(
  steps: readonly Step[],
  { context, root }: { context: string; root: string },
): Promise<void> {
  let workdir = "/";
  for (const { keyword, flags, args } of steps) {
    if (keyword === "WORKDIR") workdir = resolve(workdir, args[0] ?? "");
    if (keyword !== "COPY" || "from" in flags) continue;
    const sources = args.slice(0, -1);
    const target = args.at(-1) ?? "";
    for (const source of sources) {
      // The contents of a folder are copied into the target; a file keeps its name when the target is a folder.
      const isFile = target.endsWith("/");
      const to = inRoot(root, workdir, isFile ? join(target, source) : target);
      await mkdir(dirname(to), { recursive: true });
      await cp(join(context, source), to, { recursive: true });
    }
  }
}
