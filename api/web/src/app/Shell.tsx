import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { Mark, MoonIcon, SunIcon } from '../components/icons';
import { toggleTheme, useTheme } from '../lib/theme';
import { ChainStatus } from './ChainStatus';
import styles from './Shell.module.css';
import { WalletButton } from './WalletButton';

/** What every page stands in: the header, the page, the footer. */
export function Shell() {
  const main = useRef<HTMLElement>(null);
  useFocusOnNavigation(main);
  return (
    <>
      <a className={styles.skip} href="#main">
        Skip to content
      </a>
      <header className={styles.header}>
        <div className={styles.bar}>
          <Link to="/" className={styles.brand} aria-label="Stoa, home">
            <Mark />
            <span className={styles.wordmark}>Stoa</span>
          </Link>
          <nav className={styles.nav} aria-label="Main">
            <Link to="/" activeOptions={{ exact: true, includeSearch: false }} className={styles.link}>
              Listings
            </Link>
            <Link to="/activity" className={styles.link}>
              Activity
            </Link>
            <Link to="/staking" className={styles.link}>
              Staking
            </Link>
            <Link to="/market" className={styles.link}>
              Market
            </Link>
            <Link to="/portfolio" className={styles.link}>
              Portfolio
            </Link>
            <Link to="/sell" className={styles.link}>
              Sell
            </Link>
          </nav>
          <div className={styles.tools}>
            <ChainStatus />
            <ThemeButton />
            <WalletButton />
          </div>
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1} className={styles.main}>
        <Outlet />
      </main>
      <footer className={styles.footer}>
        <p>Prices, sales and hashes are read from the chain. Names and descriptions are their owners' words.</p>
        <Link to="/developers">Developers</Link>
      </footer>
    </>
  );
}

/** A new page starts at its beginning for keyboards and screen readers too. */
function useFocusOnNavigation(main: React.RefObject<HTMLElement | null>): void {
  const path = useLocation({ select: (location) => location.pathname });
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    main.current?.focus({ preventScroll: true });
  }, [main, path]);
}

function ThemeButton() {
  const theme = useTheme();
  const label = theme === 'dark' ? 'Use light colours' : 'Use dark colours';
  return (
    <button type="button" className={styles.theme} onClick={toggleTheme} aria-label={label} title={label}>
      {theme === 'dark' ? <SunIcon /> : <MoonIcon />}
    </button>
  );
}
