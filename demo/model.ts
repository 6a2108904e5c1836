import { MessagesApi, type MessagesRequest, textOf } from "../test/claude/messages_api.ts";

/** The model, played by this machine. It knows what a conversation has told it to remember, and nothing else. */
export class Model {
  #held: Promise<void> | undefined;
  #release = () => {};

  private constructor(readonly api: MessagesApi) {
    api.reply = async (request) => {
      await this.#held;
      return answer(request);
    };
  }

  static async start(address: string): Promise<Model> {
    return new Model(await MessagesApi.start(address));
  }

  /** Thinks, from now on, until it is released. */
  hold(): void {
    this.#held = new Promise((resolve) => this.#release = resolve);
  }

  release(): void {
    this.#release();
  }

  /** What it was asked in conversations with this text in them. */
  asked(text: string): { login: string; text: string }[] {
    return this.api.requests
      .map(({ authorization, body }) => ({ login: authorization, text: textOf(body) }))
      .filter((request) => request.text.includes(text));
  }
}

function answer({ messages }: MessagesRequest): string {
  const texts = messages.filter(({ role }) => role === "user").flatMap(({ content }) =>
    typeof content === "string" ? [content] : content.map(({ text }) => text ?? "")
  );
  const facts = texts.flatMap((text) => [...text.matchAll(/^Remember: (.+)$/gm)].map(([, fact]) => fact!));
  return texts.at(-1)!.includes("Remember: ") ? `Noted: ${facts.at(-1)}` : `I know: ${facts.join(" ")}`;
}
