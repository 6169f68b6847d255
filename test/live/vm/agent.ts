import type { Duplex } from 'node:stream';

/** What a command of the machine's agent ended with. */
export interface Ran {
  /** 128 + N for signal N, as sh tells it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The host's end of agent.sh: one request at a time. */
export class Agent {
  readonly #port: Duplex;
  #bytes = Buffer.alloc(0);
  #more: () => void = () => {};

  constructor(port: Duplex) {
    this.#port = port;
    port.on('data', (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#more();
    });
    // A machine that is gone is told by its process.
    port.on('error', () => {});
  }

  async ready(): Promise<void> {
    const said = await this.#line();
    if (said !== 'ready') throw new Error(`the machine's agent said ${said}`);
  }

  /** After SECONDS the command is killed. */
  async ask(command: string, input: string | Uint8Array, seconds: number): Promise<Ran> {
    const [asked, given] = [command, input].map((bytes) => Buffer.from(bytes).toString('base64'));
    this.#port.write(`${seconds} ${asked} ${given}\n`);
    const [code = 0, out = 0, errors = 0] = (await this.#line()).split(' ').map(Number);
    const stdout = await this.#take(out);
    return { code, stdout: stdout.toString(), stderr: (await this.#take(errors)).toString() };
  }

  async #line(): Promise<string> {
    while (!this.#bytes.includes('\n')) await this.#arrived();
    const line = await this.#take(this.#bytes.indexOf('\n') + 1);
    return line.toString().trimEnd();
  }

  async #take(length: number): Promise<Buffer> {
    while (this.#bytes.length < length) await this.#arrived();
    const taken = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return taken;
  }

  #arrived(): Promise<void> {
    return new Promise((resolve) => (this.#more = resolve));
  }
}
