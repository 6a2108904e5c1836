import type { Io } from "../cli/io.ts";
import { begin, type Words } from "../sessions/begin.ts";
import { SeveralFit } from "../sessions/find.ts";

/** Starts or resumes as the words say; where several sessions fit and somebody can be asked, they choose. */
export async function beginOrAsk(words: Words, io: Io): Promise<never> {
  try {
    return await begin(words, process.env);
  } catch (error) {
    if (!(error instanceof SeveralFit) || !io.interactive || io.json) throw error;
    const { chooseSession } = await import("./session_choose.ts");
    return await begin({ ...words, resume: await chooseSession(error.candidates, io) }, process.env);
  }
}
