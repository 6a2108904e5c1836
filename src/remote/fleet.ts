import { explainFailure, type Problem } from "../errors.ts";

/** What became of one host. */
export type HostResult<T> = { host: string; ok: true; value: T } | {
  host: string;
  ok: false;
  problem: Problem;
};

/**
 * Does the same on many hosts, `jobs` at once. One host's failure does not stop the others.
 * @param done is told of each host when it is through
 */
export async function onEach<T>(
  hosts: readonly string[],
  jobs: number,
  work: (host: string) => Promise<T>,
  done: (result: HostResult<T>) => void = () => {},
): Promise<HostResult<T>[]> {
  const results: HostResult<T>[] = [];
  const queue = hosts.entries();
  const worker = async () => {
    for (const [place, host] of queue) {
      results[place] = await work(host).then(
        (value): HostResult<T> => ({ host, ok: true, value }),
        (error): HostResult<T> => ({ host, ok: false, problem: explainFailure(error) }),
      );
      done(results[place]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, hosts.length) }, worker));
  return results;
}
