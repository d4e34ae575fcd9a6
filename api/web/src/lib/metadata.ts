/** What a listing says of itself, as far as the form asks. The whole schema is scripts/metadata.schema.json. */
export interface MetadataDraft {
  name: string;
  description: string;
  /** With commas between. */
  tags: string;
  task: string;
  framework: string;
  licence: string;
}

export const NO_METADATA: MetadataDraft = { name: '', description: '', tags: '', task: '', framework: '', licence: '' };

export type MetadataErrors = Partial<Record<keyof MetadataDraft, string>>;

const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;
/** The longest URI that the contract takes, in bytes. */
export const LONGEST_URI = 512;

function length(text: string): number {
  return [...text].length;
}

export function tagsOf(text: string): string[] {
  return [...new Set(text.split(',').map((tag) => tag.trim()).filter((tag) => tag !== ''))];
}

/** All that is wrong, by field, in words that say what to do. */
export function checkMetadata(draft: MetadataDraft): MetadataErrors {
  const errors: MetadataErrors = {};
  const tags = tagsOf(draft.tags);
  if (draft.name.trim() === '') errors.name = 'Give it a name.';
  else if (length(draft.name) > 200) errors.name = 'At most 200 characters.';
  if (length(draft.description) > 10_000) errors.description = 'At most 10,000 characters.';
  if (tags.length > 32) errors.tags = 'At most 32 tags.';
  else if (tags.some((tag) => length(tag) > 64)) errors.tags = 'A tag has at most 64 characters.';
  if (draft.task !== '' && (!SLUG.test(draft.task) || draft.task.length > 64)) errors.task = 'Small letters, digits and hyphens, such as text-generation.';
  if (length(draft.framework) > 64) errors.framework = 'At most 64 characters.';
  if (new TextEncoder().encode(draft.licence).length > 128) errors.licence = 'At most 128 bytes.';
  return errors;
}

function filled(value: string): string | undefined {
  return value.trim() === '' ? undefined : value.trim();
}

/** The document: what was left empty is left out. */
export function metadataDocument(draft: MetadataDraft): string {
  const tags = tagsOf(draft.tags);
  return JSON.stringify({
    name: draft.name.trim(),
    description: filled(draft.description),
    tags: tags.length === 0 ? undefined : tags,
    task: filled(draft.task),
    framework: filled(draft.framework),
    licence: filled(draft.licence),
  });
}

/** The document as an address that holds all of it; `null` where that is longer than the contract takes. */
export function inlineUri(document: string): string | null {
  const bytes = new TextEncoder().encode(document);
  const uri = `data:application/json;base64,${btoa(String.fromCharCode(...bytes.slice(0, LONGEST_URI)))}`;
  return bytes.length > LONGEST_URI || uri.length > LONGEST_URI ? null : uri;
}

/** What is wrong with an address of content or metadata; `null` for nothing. */
export function checkUri(uri: string): string | null {
  if (!/^(https?|ipfs|ar|data):/i.test(uri)) return 'Begin it with https://, ipfs://, ar:// or data:.';
  return new TextEncoder().encode(uri).length > LONGEST_URI ? `At most ${LONGEST_URI} bytes.` : null;
}
