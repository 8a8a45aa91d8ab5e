/** For tests: a WebSocket whose server is the test. It speaks JSON. */

/** The server's end of a WebSocket, held in the hand. */
export class Socket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly opened: Socket[] = [];
  readyState = 0;
  binaryType = "";
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  readonly heard: Record<string, unknown>[] = [];
  readonly url: string;
  readonly subprotocol: string;

  constructor(url: string, subprotocol: string) {
    this.url = url;
    this.subprotocol = subprotocol;
    Socket.opened.push(this);
  }

  send(wire: string): void {
    this.heard.push(JSON.parse(wire));
  }

  close(): void {
    this.readyState = 3;
  }

  accept(): this {
    this.readyState = Socket.OPEN;
    this.onopen?.();
    return this;
  }

  say(message: unknown): this {
    this.onmessage?.({ data: JSON.stringify(message) });
    return this;
  }

  end(code: number, reason = ""): void {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }
}
