import type { Actor } from '../wallet/engine';
import type { Step } from '../wallet/send';
import { isOver, isSeen } from '../wallet/tx';
import { useAction } from '../wallet/useAction';
import { Button } from './Form';
import { ActionState } from './TxState';

interface DoProps {
  label: string;
  chainId: number;
  steps: (actor: Actor) => Promise<Step[]> | Step[];
  disabled?: boolean;
  look?: 'solid' | 'plain' | 'quiet';
  small?: boolean;
  testId?: string;
}

/** A button that does one thing on chain, and says beneath it how far it is. */
export function Do({ label, chainId, steps, disabled = false, look = 'plain', small = true, testId }: DoProps) {
  const action = useAction();
  const last = action.sent.at(-1);
  const waiting = action.busy || (last !== undefined && !isOver(last) && !isSeen(last));
  return (
    <>
      <Button look={look} small={small} disabled={disabled || waiting} data-testid={testId} onClick={() => void action.run(chainId, steps)}>
        {waiting ? 'Under way…' : label}
      </Button>
      <ActionState action={action} compact />
    </>
  );
}
