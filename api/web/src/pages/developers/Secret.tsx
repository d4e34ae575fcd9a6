import { CopyButton } from '../../components/CopyButton';
import { Dialog } from '../../components/Dialog';
import { Button } from '../../components/Form';
import styles from './DevelopersPage.module.css';

/** Something that is shown this once. */
export function Secret({ title, secret, hint, onClose }: { title: string; secret: string | null; hint: string; onClose: () => void }) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p className={styles.hint}>{hint}</p>
      <p className={styles.secret}>
        <code data-testid="secret">{secret}</code>
        <CopyButton text={secret ?? ''} label="the secret" />
      </p>
      <Button look="solid" wide data-testid="secret-kept" onClick={onClose}>
        I have kept it
      </Button>
    </Dialog>
  );
}
