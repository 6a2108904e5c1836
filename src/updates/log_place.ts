/** A user's log. @param shared their `~/.claude` */
export const updateLog = (shared: string): string => `${shared}/update.log`;

/** What root's side did, beside the versions that it did it to; everybody may read it. */
export const rootsLog = (versions: string): string => `${versions}/log/update.log`;
