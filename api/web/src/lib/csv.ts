/**
 * A cell as RFC 4180 has it. What a spreadsheet would take for a formula is made text: names on the chain are anybody's.
 * A plain negative number stays one.
 */
function cell(value: string | number | bigint | null | undefined): string {
  const text = value == null ? '' : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export type Row = readonly (string | number | bigint | null | undefined)[];

export function toCsv(head: Row, rows: readonly Row[]): string {
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** Hands a text to the reader as a file. */
export function saveText(name: string, text: string, type = 'text/csv'): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by then; an address that stays would keep the text in memory.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
