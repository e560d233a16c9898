import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** An answer as it came over the wire; header names in lower case. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** A connection that sends whatever it is given, as no HTTP client would. */
export class RawConnection {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #ended = false;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      this.#wake();
    });
    const end = () => {
      this.#ended = true;
      this.#wake();
    };
    // A reset is an end like any other here; what was received before it is kept.
    socket.on("end", end).on("close", end).on("error", end);
  }

  /** @param from an address of this machine, such as 127.0.0.2. */
  static async open(port: number, from?: string): Promise<RawConnection> {
    const socket = connect({
      port,
      host: "127.0.0.1",
      noDelay: true,
      ...(from !== undefined && { localAddress: from }),
    });
    await once(socket, "connect");
    return new RawConnection(socket);
  }

  /** Whether the other side has closed. */
  get ended(): boolean {
    return this.#ended;
  }

  send(bytes: string | Buffer): void {
    this.#socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  }

  /** The next answer; `undefined` when the other side closes before it is whole. Answers to HEAD have no body. */
  async answer({ head = false } = {}): Promise<RawAnswer | undefined> {
    for (;;) {
      const found = this.#parse(head);
      if (found !== undefined) return found;
      if (this.#ended) return undefined;
      await this.#more();
    }
  }

  /** Resolves once what no answer took matches, or the other side has closed. */
  async received(wanted: RegExp): Promise<void> {
    while (!this.#ended && !wanted.test(this.#received.toString("latin1"))) await this.#more();
  }

  /** Resolves once the other side has closed, with all that it sent and that no answer took. */
  async closed(): Promise<string> {
    while (!this.#ended) await this.#more();
    return this.#received.toString("latin1");
  }

  /** Says that nothing more will be sent, but goes on reading. */
  end(): void {
    this.#socket.end();
  }

  close(): void {
    this.#socket.destroy();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #parse(head: boolean): RawAnswer | undefined {
    const end = this.#received.indexOf("\r\n\r\n");
    if (end < 0) return undefined;
    const [first = "", ...lines] = this.#received.subarray(0, end).toString("latin1").split("\r\n");
    if (first.startsWith("HTTP/1.1 100 ")) {
      this.#received = this.#received.subarray(end + 4);
      return this.#parse(head);
    }
    const headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    const from = end + 4;
    const length = head ? 0 : Number(headers.get("content-length") ?? 0);
    if (this.#received.length < from + length) return undefined;
    const body = this.#received.subarray(from, from + length).toString();
    this.#received = this.#received.subarray(from + length);
    return { status: Number(first.split(" ")[1]), headers, body };
  }
}

/** The text of a request; with no header but Host unless they are given. */
export function requestText(target: string, { method = "GET", headers = {} as Record<string, string> } = {}): string {
  const lines = Object.entries({ host: "node.example", ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** One request on a connection of its own; `from` as in {@link RawConnection.open}. */
export async function ask(port: number, request: string | Buffer, from?: string): Promise<RawAnswer | undefined> {
  const connection = await RawConnection.open(port, from);
  connection.send(request);
  const answer = await connection.answer({ head: request.toString().startsWith("HEAD ") });
  connection.close();
  return answer;
}
