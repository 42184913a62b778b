/** Numbers of things in words: one of them is told in the singular. */

export function counted(count: number, thing: string, locale?: string): string {
  return count === 1 ? `1 ${thing}` : `${count.toLocaleString(locale)} ${thing}s`;
}
