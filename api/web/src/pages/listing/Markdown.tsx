import type { ComponentProps } from 'react';
import Renderer, { type Components } from 'react-markdown';
import gfm from 'remark-gfm';
import styles from './Markdown.module.css';

/**
 * A stranger's words. HTML in them is dropped, not escaped into the page; links lead to the web alone and give the
 * page's owner no credit; images come from published content, which this server keeps. Anything else would tell
 * another server who reads.
 */
export default function Markdown({ text }: { text: string }) {
  return (
    <div className={styles.markdown} dir="auto">
      <Renderer remarkPlugins={[gfm]} skipHtml components={COMPONENTS} urlTransform={safeUrl}>
        {text}
      </Renderer>
    </div>
  );
}

function safeUrl(url: string, key: string): string {
  if (key === 'src') return imagePath(url) ?? url;
  return /^(https?:\/\/|#)/i.test(url) ? url : '';
}

/** Where an image of published content is to be had from; `null` for any other. */
function imagePath(url: string): string | null {
  const named = /^ipfs:\/\/(?:ipfs\/)?([\w./-]+)$/i.exec(url)?.[1] ?? /^\/ipfs\/([\w./-]+)$/.exec(url)?.[1];
  return named === undefined || named.includes('..') ? null : `/ipfs/${named}`;
}

/** A page has one title, and this is not it. */
const COMPONENTS: Components = {
  h1: ({ children }) => <h2>{children}</h2>,
  h2: ({ children }) => <h3>{children}</h3>,
  h3: ({ children }) => <h4>{children}</h4>,
  h4: ({ children }) => <h4>{children}</h4>,
  h5: ({ children }) => <h4>{children}</h4>,
  h6: ({ children }) => <h4>{children}</h4>,
  a: ({ href, children }) => (href ? <Away href={href}>{children}</Away> : <>{children}</>),
  img: ({ src, alt }) => <Picture src={typeof src === 'string' ? src : ''} alt={alt ?? ''} />,
  // What is wider than the page scrolls by itself, and by keyboard.
  pre: ({ children }) => (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre tabIndex={0}>{children}</pre>
  ),
  table: ({ children }) => (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles.wide} tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
  input: (props) => <Task {...props} />,
};

function Task({ checked }: ComponentProps<'input'>) {
  return <input type="checkbox" checked={checked === true} disabled aria-label={checked === true ? 'done' : 'not done'} />;
}

function Away({ href, children }: { href: string; children: React.ReactNode }) {
  if (href.startsWith('#')) return <>{children}</>;
  return (
    <a href={href} title={href} target="_blank" rel="noopener noreferrer nofollow ugc">
      {children}
    </a>
  );
}

function Picture({ src, alt }: { src: string; alt: string }) {
  if (src.startsWith('/ipfs/')) return <img src={src} alt={alt} loading="lazy" decoding="async" />;
  const words = alt === '' ? 'an image elsewhere' : alt;
  return /^https?:\/\//i.test(src) ? <Away href={src}>{words}</Away> : <>{words}</>;
}
