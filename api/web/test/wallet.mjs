import { createWalletClient, hashTypedData, http, parseTransaction } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';

/** @import { Page } from 'playwright-core' */

/** Anvil's well-known words: keys for local chains, of no worth elsewhere. */
const WORDS = 'test test test test test test test test test test test junk';

/** @param {number} index */
export function account(index) {
  return mnemonicToAccount(WORDS, { addressIndex: index });
}

/**
 * A wallet that announces itself to the page (EIP-6963) and signs with a key of Anvil. The page sees only the
 * announcement and `request`; what the wallet's owner would do (choose an account, refuse, wait, be on another
 * network) the test does.
 */
export class TestWallet {
  /** @type {ReturnType<typeof account>} */
  #account;
  #rpc;
  #chain;
  #shown;
  #refusals = 0;
  /** @type {(() => void) | null} */
  #release = null;
  /** @type {Promise<void> | null} */
  #held = null;
  /** @type {`0x${string}`[]} */
  #sent = [];
  /** @type {string[]} */
  asked = [];
  /** @type {Page} */
  #page;

  /**
   * @param {Page} page
   * @param {string} rpc
   * @param {number} chain
   * @param {number} index which of Anvil's keys
   */
  constructor(page, rpc, chain, index) {
    this.#page = page;
    this.#rpc = rpc;
    this.#chain = chain;
    this.#shown = chain;
    this.#account = account(index);
  }

  get address() {
    return this.#account.address;
  }

  async install() {
    await this.#page.exposeFunction('stoaTestWallet', (/** @type {{ method: string; params?: unknown[] }} */ request) => this.#answer(request));
    await this.#page.addInitScript(announce);
  }

  /** @param {number} index */
  async use(index) {
    this.#account = account(index);
    await this.#emit('accountsChanged', [this.#account.address]);
  }

  /** The next thing that the wallet's owner is asked for is refused. */
  refuseNext() {
    this.#refusals += 1;
  }

  /** Answers wait, as while a person reads, until `release`. */
  hold() {
    this.#held = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  release() {
    this.#held = null;
    this.#release?.();
  }

  /** @param {number} chain */
  async goTo(chain) {
    this.#shown = chain;
    await this.#emit('chainChanged', `0x${chain.toString(16)}`);
  }

  /**
   * @param {string} name
   * @param {unknown} value
   */
  async #emit(name, value) {
    await this.#page.evaluate(([event, data]) => window.dispatchEvent(new CustomEvent('stoa-test-wallet', { detail: { event, data } })), /** @type {const} */ ([name, value]));
  }

  /** @param {{ method: string; params?: unknown[] }} request */
  async #answer({ method, params = [] }) {
    try {
      return { result: await this.#do(method, params) };
    } catch (error) {
      const { code = -32_603, message = String(error), data } = /** @type {{ code?: number; message?: string; data?: unknown }} */ (error);
      return { error: { code, message, data } };
    }
  }

  async #consent(/** @type {string} */ method) {
    this.asked.push(method);
    await this.#held;
    if (this.#refusals === 0) return;
    this.#refusals -= 1;
    throw Object.assign(new Error('User rejected the request.'), { code: 4001 });
  }

  /**
   * @param {string} method
   * @param {unknown[]} params
   * @returns {Promise<unknown>}
   */
  async #do(method, params) {
    switch (method) {
      case 'eth_requestAccounts':
        await this.#consent(method);
        return [this.#account.address];
      case 'eth_accounts':
        return [this.#account.address];
      case 'wallet_requestPermissions':
        await this.#consent(method);
        return [{ parentCapability: 'eth_accounts' }];
      case 'eth_chainId':
        return `0x${this.#shown.toString(16)}`;
      case 'wallet_switchEthereumChain': {
        await this.#consent(method);
        const [{ chainId }] = /** @type {[{ chainId: string }]} */ (params);
        await this.goTo(Number(chainId));
        return null;
      }
      case 'eth_signTypedData_v4': {
        await this.#consent(method);
        return this.#account.sign({ hash: hashTypedData(JSON.parse(String(params[1]))) });
      }
      case 'personal_sign': {
        await this.#consent(method);
        const [raw] = /** @type {[`0x${string}`]} */ (params);
        return this.#account.signMessage({ message: { raw } });
      }
      case 'eth_sendTransaction': {
        await this.#consent(method);
        const [{ to, data, value }] = /** @type {[{ to: `0x${string}`; data?: `0x${string}`; value?: `0x${string}` }]} */ (params);
        const client = createWalletClient({ account: this.#account, transport: http(this.#rpc) });
        const prepared = await client.prepareTransactionRequest({ chain: null, to, ...(data && { data }), ...(value && { value: BigInt(value) }) });
        const signed = await this.#account.signTransaction({ .../** @type {any} */ (prepared), chainId: this.#chain });
        this.#sent.push(signed);
        return client.sendRawTransaction({ serializedTransaction: signed });
      }
      default:
        return this.#node(method, params);
    }
  }

  /**
   * @param {string} method
   * @param {unknown[]} params
   */
  async #node(method, params) {
    const response = await fetch(this.#rpc, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    const { result, error } = /** @type {{ result?: unknown; error?: { code: number; message: string; data?: unknown } }} */ (await response.json());
    if (error) throw error;
    return result;
  }

  /** How many transactions it sent so far. */
  get sent() {
    return this.#sent.length;
  }

  /** Spends the nonce of what was sent last on nothing, for a higher fee, as a wallet's "cancel" does. */
  async replaceLast() {
    const last = parseTransaction(/** @type {`0x${string}`} */ (this.#sent.at(-1)));
    const fees = { maxFeePerGas: (last.maxFeePerGas ?? 0n) * 2n, maxPriorityFeePerGas: (last.maxPriorityFeePerGas ?? 0n) * 2n + 1n };
    const signed = await this.#account.signTransaction({ type: 'eip1559', chainId: this.#chain, to: this.address, value: 0n, gas: 21_000n, nonce: last.nonce ?? 0, ...fees });
    await this.#node('eth_sendRawTransaction', [signed]);
  }

  /** Sends the transactions from the n-th on once more, as nodes do with what a reorganisation took back. @param {number} first */
  async sendAgain(first) {
    for (const signed of this.#sent.slice(first)) await this.#node('eth_sendRawTransaction', [signed]);
  }

  /** @param {string} method @param {unknown[]} params */
  rpc(method, params) {
    return this.#node(method, params);
  }

  get chain() {
    return this.#chain;
  }
}

/** Runs in the page before its scripts. */
function announce() {
  /** @type {Map<string, Set<(value: unknown) => void>>} */
  const listeners = new Map();
  const scope = /** @type {{ stoaTestWallet?: (request: unknown) => Promise<{ result?: unknown; error?: { code: number; message: string; data?: unknown } }> }} */ (/** @type {unknown} */ (window));
  window.addEventListener('stoa-test-wallet', (event) => {
    const { event: name, data } = /** @type {CustomEvent<{ event: string; data: unknown }>} */ (event).detail;
    for (const listener of listeners.get(name) ?? []) listener(data);
  });
  const provider = {
    /** @param {unknown} request */
    async request(request) {
      const answer = await scope.stoaTestWallet?.(request);
      if (answer?.error) throw Object.assign(new Error(answer.error.message), answer.error);
      return answer?.result;
    },
    /** @param {string} name @param {(value: unknown) => void} listener */
    on(name, listener) {
      listeners.set(name, (listeners.get(name) ?? new Set()).add(listener));
    },
    /** @param {string} name @param {(value: unknown) => void} listener */
    removeListener(name, listener) {
      listeners.get(name)?.delete(listener);
    },
  };
  const detail = Object.freeze({
    info: { uuid: '6a3c1a4e-0000-4000-8000-57a0a0000001', name: 'Test wallet', icon: 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>', rdns: 'org.stoa.test' },
    provider,
  });
  const tell = () => window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail }));
  window.addEventListener('eip6963:requestProvider', tell);
  tell();
}
