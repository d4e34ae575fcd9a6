// Applies the theme a visitor chose, before the page is painted. `src/lib/theme.ts` writes it.
try {
  const theme = localStorage.getItem('stoa.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden; then the system's theme holds.
}
