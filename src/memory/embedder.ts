import type { Environment } from "../claude/environment.ts";
import type { Config } from "../config/schema.ts";
import { secretOf } from "./secret.ts";

/** A service that turns texts into vectors, near to each other where they mean nearly the same. */
export interface Embedder {
  model: string;
  /** For people. */
  host: string;
  /**
   * @param patience milliseconds
   * @throws Error with a sentence that says why it did not
   */
  embed(texts: readonly string[], patience: number): Promise<Float32Array[]>;
}

/** The service that the configuration names; undefined where it names none. */
export function embedderOf({ memory }: Config, env: Environment): Embedder | undefined {
  if (memory.embedding_url === "") return undefined;
  const address = addressOf(memory.embedding_url);
  const model = memory.embedding_model;
  const key = { file: memory.embedding_key_file, variable: memory.embedding_key_env };
  return {
    model,
    host: address.host,
    embed: (texts, patience) => ask(address, model, texts, secretOf(key, env), patience),
  };
}

/** An address without a path is Ollama's; any other is where the OpenAI-compatible `/embeddings` is. */
function addressOf(url: string): URL {
  const address = new URL(url);
  const path = address.pathname.replace(/\/+$/, "");
  address.pathname = path === ""
    ? "/api/embed"
    : /\/(embed|embeddings)$/.test(path)
    ? path
    : `${path}/embeddings`;
  return address;
}

async function ask(
  address: URL,
  model: string,
  texts: readonly string[],
  key: string | undefined,
  patience: number,
): Promise<Float32Array[]> {
  const response = await fetch(address, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify({ model, input: texts }),
    redirect: "error",
    signal: AbortSignal.timeout(patience),
  }).catch((error: Error) => {
    throw new Error(error.name === "TimeoutError" ? `no answer in ${patience / 1000} s` : error.message);
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`HTTP ${response.status}`);
  }
  const answer = await response.json().catch(() => {
    throw new Error("the answer is no JSON");
  });
  const vectors = vectorsIn(answer);
  if (vectors.length === texts.length && vectors.every(isVector)) {
    return vectors.map((each) => Float32Array.from(each as number[]));
  }
  throw new Error(`the answer holds ${vectors.filter(isVector).length} vectors for ${texts.length} texts`);
}

/** `{data: [{index, embedding}]}` of OpenAI's form, `{embeddings: [...]}` of Ollama's (api/embed, 0.3 and newer). */
function vectorsIn(answer: unknown): unknown[] {
  const { data, embeddings } = (answer ?? {}) as { data?: unknown; embeddings?: unknown };
  if (Array.isArray(embeddings)) return embeddings;
  if (!Array.isArray(data)) return [];
  return data.toSorted((a, b) => (a?.index ?? 0) - (b?.index ?? 0)).map((each) => each?.embedding);
}

function isVector(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((each) => Number.isFinite(each)) &&
    value.some((each) => each !== 0);
}
