import type { Listing, Version } from '../api/types';

/** Where the text of a licence is: SPDX keeps those that have an identifier. `null` for what is none. */
export function licenceUrl(licence: string): string | null {
  if (/^https?:\/\//i.test(licence)) return URL.canParse(licence) ? licence : null;
  return /^[A-Za-z0-9][A-Za-z0-9.+-]{1,63}$/.test(licence) ? `https://spdx.org/licenses/${licence}.html` : null;
}

export interface Sample {
  title: string;
  says: string;
  code: string;
}

/** A word for a shell, whatever a stranger wrote. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Commands that use what was bought: fetch and check a file, or show a service that one may ask it. */
export function sampleFor(listing: Pick<Listing, 'id' | 'kind'>, version: Version | undefined, origin: string, account: string): Sample {
  const uri = version?.uris.find((each) => /^(https?|ipfs):/i.test(each));
  if (version !== undefined && uri !== undefined && (listing.kind === 'model' || listing.kind === 'dataset')) {
    const ipfs = /^ipfs:\/\/(?:ipfs\/)?(.+)$/i.exec(uri)?.[1];
    const from = ipfs === undefined ? uri : `${origin}/ipfs/${ipfs}`;
    return {
      title: 'Fetch and check',
      says: 'Downloads it, and compares its sha-256 with the chain’s. Content of several chunks is named by its tree: check that above.',
      code: [`curl -fL -o content ${quoted(from)}`, `echo '${version.content_hash.slice(2)}  content' | sha256sum --check`].join('\n'),
    };
  }
  return {
    title: 'Use it from code',
    says: 'What a service does before it answers: asks whether the account that signed the request has a pass.',
    code: [
      `const asked = new URL('/v1/access', '${origin}');`,
      `asked.search = new URLSearchParams({ listing: '${listing.id}', account: '${account}' });`,
      'const { data } = await (await fetch(asked)).json();',
      'if (!data.valid) throw new Error("no valid pass");',
    ].join('\n'),
  };
}
