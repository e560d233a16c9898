import type { BaseContract, ContractRunner, TransactionRequest } from "ethers";
import type { Deployment } from "./contracts.ts";

interface Read {
  readonly to: string;
  readonly data: string;
  readonly resolve: (answer: string) => void;
  readonly reject: (reason: unknown) => void;
}

/** A runner that bundles concurrent reads of contracts into one call. */
export async function manyReads({ ethers }: Pick<Deployment, "ethers">): Promise<ContractRunner> {
  const contract = (await ethers.deployContract("ManyReads")) as BaseContract;
  let waiting: Read[] = [];

  async function ask(): Promise<void> {
    const reads = waiting;
    waiting = [];
    try {
      const answers: string[] = await contract.getFunction("ask")(reads.map(({ to, data }) => ({ to, data })));
      for (const [at, { resolve }] of reads.entries()) resolve(answers[at] as string);
    } catch (error) {
      for (const { reject } of reads) reject(error);
    }
  }

  return {
    provider: null,
    call: ({ to, data }: TransactionRequest) =>
      new Promise((resolve, reject) => {
        if (waiting.length === 0) setImmediate(ask);
        waiting.push({ to: String(to), data: String(data), resolve, reject });
      }),
  };
}
