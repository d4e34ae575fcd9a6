import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { Shell } from './app/Shell';
import { NotFound, PageCrash } from './app/Fallbacks';
import { GalleryPage } from './pages/gallery/GalleryPage';
import { readGallerySearch } from './pages/gallery/search';
import { readCompareSearch } from './pages/compare/search';
import { readMarketSearch } from './pages/market/search';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: PageCrash });

const gallery = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: readGallerySearch,
  component: GalleryPage,
});

const listing = createRoute({
  getParentRoute: () => root,
  path: '/listings/$listingId',
  component: lazyRouteComponent(() => import('./pages/listing/ListingPage'), 'ListingPage'),
});

const activity = createRoute({
  getParentRoute: () => root,
  path: '/activity',
  component: lazyRouteComponent(() => import('./pages/activity/ActivityPage'), 'ActivityPage'),
});

const account = createRoute({
  getParentRoute: () => root,
  path: '/accounts/$address',
  component: lazyRouteComponent(() => import('./pages/account/AccountPage'), 'AccountPage'),
});

const staking = createRoute({
  getParentRoute: () => root,
  path: '/staking',
  component: lazyRouteComponent(() => import('./pages/staking/StakingPage'), 'StakingPage'),
});

const market = createRoute({
  getParentRoute: () => root,
  path: '/market',
  validateSearch: readMarketSearch,
  component: lazyRouteComponent(() => import('./pages/market/MarketPage'), 'MarketPage'),
});

const compare = createRoute({
  getParentRoute: () => root,
  path: '/compare',
  validateSearch: readCompareSearch,
  component: lazyRouteComponent(() => import('./pages/compare/ComparePage'), 'ComparePage'),
});

const portfolio = createRoute({
  getParentRoute: () => root,
  path: '/portfolio',
  component: lazyRouteComponent(() => import('./pages/portfolio/PortfolioPage'), 'PortfolioPage'),
});

const sell = createRoute({
  getParentRoute: () => root,
  path: '/sell',
  component: lazyRouteComponent(() => import('./pages/sell/SellPage'), 'SellPage'),
});

const manage = createRoute({
  getParentRoute: () => root,
  path: '/listings/$listingId/manage',
  component: lazyRouteComponent(() => import('./pages/sell/ManagePage'), 'ManagePage'),
});

const developers = createRoute({
  getParentRoute: () => root,
  path: '/developers',
  component: lazyRouteComponent(() => import('./pages/developers/DevelopersPage'), 'DevelopersPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([gallery, listing, manage, activity, account, staking, market, compare, portfolio, sell, developers]),
  defaultPreload: 'intent',
  defaultErrorComponent: PageCrash,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
