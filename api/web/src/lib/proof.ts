type Hex = `0x${string}`;

/**
 * The proof in a text: an array of words, an object with one as `proof`, or many of these with their accounts, of
 * which `account`'s is taken. `null` for a text that holds none.
 */
export function readProof(text: string, account: string): Hex[] | null {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return null;
  }
  return proofIn(read, account.toLowerCase());
}

function proofIn(read: unknown, account: string): Hex[] | null {
  if (Array.isArray(read) && read.every(isWord)) return read;
  if (Array.isArray(read)) return ofAccount(read, account);
  if (typeof read !== 'object' || read === null) return null;
  const { proof, proofs } = read as { proof?: unknown; proofs?: unknown };
  if (Array.isArray(proof)) return proof.every(isWord) ? proof : null;
  return Array.isArray(proofs) ? ofAccount(proofs, account) : null;
}

function ofAccount(each: readonly unknown[], account: string): Hex[] | null {
  const own = each.find((one) => typeof one === 'object' && one !== null && String((one as { account?: unknown }).account).toLowerCase() === account);
  return own === undefined ? null : proofIn(own, account);
}

function isWord(word: unknown): word is Hex {
  return typeof word === 'string' && /^0x[0-9a-fA-F]{64}$/.test(word);
}
