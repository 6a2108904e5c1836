import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What Claude Code asked the model. */
export interface MessagesRequest {
  model: string;
  messages: { role: string; content: string | Block[] }[];
  system?: unknown;
  tools?: { name: string }[];
}
interface Block {
  type: string;
  text?: string;
  content?: unknown;
}
type Answer = { text: string } | { tool: { name: string; input: unknown } };

/**
 * A stand-in for the Messages API, on loopback unless told otherwise. A prompt `RUN:<command>` is answered with a Bash tool call, `TOOL:{"name",
 * "input"}` with that tool call, all others (and the result of a tool) with text. Keeps what it was asked.
 */
export class MessagesApi {
  readonly requests: { authorization: string; body: MessagesRequest }[] = [];
  /** Tokens that it lets in; undefined: all. */
  accepts: ((token: string) => boolean) | undefined;
  /** Its answer in words. */
  reply: (request: MessagesRequest) => string | Promise<string> = () => "understood";
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  static async start(address = "127.0.0.1"): Promise<MessagesApi> {
    const api = new MessagesApi();
    await new Promise<void>((resolve) => api.#server.listen(0, address, resolve));
    return api;
  }

  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `http://${address}:${port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const authorization = request.headers.authorization ?? "";
    if (request.method !== "POST" || !request.url!.startsWith("/v1/messages")) return json(response, 200, {});
    if (this.accepts && !this.accepts(authorization.replace(/^Bearer /, ""))) {
      return json(response, 401, {
        type: "error",
        error: { type: "authentication_error", message: "expired" },
      });
    }
    if (request.url!.includes("count_tokens")) return json(response, 200, { input_tokens: 1 });
    const body = JSON.parse(Buffer.concat(chunks).toString()) as MessagesRequest & { stream?: boolean };
    this.requests.push({ authorization, body });
    const answer = toolCall(body) ?? { text: await this.reply(body) };
    if (body.stream) stream(response, body.model, answer);
    else {json(response, 200, {
        ...message(body.model),
        content: [block(answer)],
        stop_reason: stopReason(answer),
      });}
  }
}

/** All text that a request holds, for looking for words in it. */
export function textOf(request: MessagesRequest): string {
  return JSON.stringify([request.system, request.messages, request.tools]);
}

function toolCall({ messages, tools }: MessagesRequest): Answer | undefined {
  // Claude Code adds messages of its own to a prompt, so all that came after the last answer counts.
  const asked = messages.slice(messages.findLastIndex(({ role }) => role === "assistant") + 1);
  const blocks = asked.flatMap(({ content }): Block[] =>
    typeof content === "string" ? [{ type: "text", text: content }] : content
  );
  const result = blocks.find(({ type }) => type === "tool_result");
  if (result) return { text: `done: ${JSON.stringify(result.content)}` };
  const prompt = blocks.map(({ text }) => text ?? "").join("\n");
  const run = /^RUN:(.+)$/m.exec(prompt)?.[1];
  if (run && tools?.length) {
    return { tool: { name: "Bash", input: { command: run, description: "as told" } } };
  }
  const tool = /^TOOL:(\{.+\})$/m.exec(prompt)?.[1];
  if (tool && tools?.length) return { tool: JSON.parse(tool) };
}

const usage = {
  input_tokens: 1,
  output_tokens: 1,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
};
const stopReason = (answer: Answer) => "tool" in answer ? "tool_use" : "end_turn";
let count = 0;
const message = (model: string) => ({
  id: `msg_${++count}`,
  type: "message",
  role: "assistant",
  model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage,
});
const block = (answer: Answer) =>
  "tool" in answer
    ? { type: "tool_use", id: `toolu_${++count}`, ...answer.tool }
    : { type: "text", text: answer.text };

function stream(response: ServerResponse, model: string, answer: Answer): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (type: string, data: object) =>
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  const whole = block(answer);
  const [empty, delta] = "tool" in answer
    ? [{ ...whole, input: {} }, { type: "input_json_delta", partial_json: JSON.stringify(answer.tool.input) }]
    : [{ ...whole, text: "" }, { type: "text_delta", text: answer.text }];
  send("message_start", { message: message(model) });
  send("content_block_start", { index: 0, content_block: empty });
  send("content_block_delta", { index: 0, delta });
  send("content_block_stop", { index: 0 });
  send("message_delta", { delta: { stop_reason: stopReason(answer), stop_sequence: null }, usage });
  send("message_stop", {});
  response.end();
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}
