/** The lock under which `current` changes and versions are removed: held for milliseconds only. */
export const switchLock = (root: string): string => `${root}/.switching`;
