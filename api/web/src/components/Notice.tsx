import type { ReactNode } from 'react';
import { ProblemError } from '../api/client';
import styles from './Notice.module.css';

interface NoticeProps {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  tone?: 'plain' | 'bad';
  /** The notice is all there is on the page, so its title is the page's heading. */
  page?: boolean;
}

/** Says that there is nothing here, and why. */
export function Notice({ title, children, action, tone = 'plain', page = false }: NoticeProps) {
  return (
    <div className={styles.notice} data-tone={tone} role={tone === 'bad' ? 'alert' : undefined}>
      {page ? <h1 className={styles.title}>{title}</h1> : <p className={styles.title}>{title}</p>}
      {children && <div className={styles.body}>{children}</div>}
      {action && <div className={styles.action}>{action}</div>}
    </div>
  );
}

interface ErrorNoticeProps {
  error: Error;
  /** What could not be read, as the beginning of a sentence. */
  what: string;
  retry: () => void;
  page?: boolean;
}

/** Why a request failed, in the API's words where it said any, and a way to try again. */
export function ErrorNotice({ error, what, retry, page = false }: ErrorNoticeProps) {
  const action = (
    <button type="button" className={styles.button} onClick={retry}>
      Try now
    </button>
  );
  if (error instanceof ProblemError) {
    return (
      <Notice tone="bad" page={page} title={`${what} could not be read: ${error.title}`} action={action}>
        {error.message}
      </Notice>
    );
  }
  return (
    <Notice
      tone="bad"
      page={page}
      title={navigator.onLine ? 'The API does not answer' : 'You are offline'}
      action={action}
    >
      {what} will appear here as soon as it is reached again.
    </Notice>
  );
}
