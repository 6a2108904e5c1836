const form = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether this is a UUID as claude-ops writes them: only directories named so can be sessions. */
export function isId(text: string): boolean {
  return form.test(text);
}

/**
 * A UUID of version 7 (RFC 9562): the first 48 bits are milliseconds since 1970, so that names in a directory sort by
 * age and the newest of ten thousand are found without looking into any.
 */
export function newId(milliseconds: number = Date.now()): string {
  const random = crypto.randomUUID();
  const time = Math.max(0, milliseconds).toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
}
