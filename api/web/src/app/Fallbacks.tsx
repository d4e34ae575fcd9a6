import { type ErrorComponentProps, Link } from '@tanstack/react-router';
import { Notice } from '../components/Notice';

export function NotFound() {
  return (
    <>
      <title>Not found · Stoa</title>
      <Notice page title="There is no page here" action={<Link to="/">All listings</Link>}>
        The address may be mistyped, or the page may have moved.
      </Notice>
    </>
  );
}

/** A page that failed to load or to draw: most often an old tab after a new release. */
export function PageCrash({ error }: ErrorComponentProps) {
  return (
    <Notice
      page
      tone="bad"
      title="This page could not be shown"
      action={
        <button type="button" onClick={() => window.location.reload()}>
          Load it again
        </button>
      }
    >
      {error instanceof Error ? error.message : String(error)}
    </Notice>
  );
}
