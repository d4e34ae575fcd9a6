export interface ShownUri {
  /** Text for people: long inline data is named, not printed. */
  text: string;
  /** Set only for schemes a browser opens safely; anyone may write any URI on chain. */
  href: string | null;
}

/** Decides how a URI that a stranger put on chain may be shown. */
export function showUri(uri: string): ShownUri {
  if (/^data:/i.test(uri)) {
    const type = /^data:([^;,]*)/i.exec(uri)?.[1] || 'text/plain';
    return { text: `inline ${type}, ${uri.length.toLocaleString('en')} characters`, href: null };
  }
  const isWeb = /^https?:\/\//i.test(uri) && URL.canParse(uri);
  return { text: uri, href: isWeb ? uri : null };
}
