import { lazy, Suspense, useMemo, useState } from 'react'
import { Link, Redirect, Route, Switch, useLocation, useRoute } from 'wouter'
import { messages } from '../messages/app.ts'
import { Icon } from '../parts/Icon.tsx'
import { Loading, Page } from '../parts/Page.tsx'
import { NoRight } from '../parts/Problem.tsx'
import { type Screen, screens } from '../screens/index.ts'
import { Account } from './Account.tsx'
import { Boundary } from './Boundary.tsx'
import { Mark } from './Mark.tsx'
import { ServiceSwitch } from './ServiceSwitch.tsx'
import styles from './Shell.module.css'
import { type Self, useSelf } from './session.ts'

const routes = screens.map((screen) => ({
  ...screen,
  Content: lazy(() => screen.load().then(({ Screen: component }) => ({ default: component }))),
}))

const mayShow = (self: Self, { right }: Screen) => self.rights.includes(right)

/** The frame of all screens: navigation, and the screen of the route. */
export function Shell() {
  const self = useSelf()
  const [location] = useLocation()
  const serviceId = useServiceId(self)
  const [isOpen, setOpen] = useState(false)
  const close = () => setOpen(false)
  return (
    <div className={styles['shell']}>
      <a className={styles['skip']} href="#content">
        {messages.skip}
      </a>
      <header className={styles['rail']} data-open={isOpen}>
        <div className={styles['top']}>
          <Link href="/" className={styles['home'] ?? ''}>
            <Mark />
          </Link>
          <button
            type="button"
            className={styles['menu']}
            aria-expanded={isOpen}
            aria-controls="navigation"
            onClick={() => setOpen(!isOpen)}
          >
            <Icon name={isOpen ? 'cross' : 'menu'} />
            <span className="visually-hidden">
              {isOpen ? messages.closeMenu : messages.openMenu}
            </span>
          </button>
        </div>
        <div id="navigation" className={styles['folded']}>
          <nav aria-label={messages.navigation} className={styles['nav']}>
            <ServiceSwitch serviceId={serviceId} onSwitch={close} />
            {serviceId && <Links place="service" serviceId={serviceId} onFollow={close} />}
            <Links place="installation" serviceId={serviceId} onFollow={close} />
          </nav>
          <Account />
        </div>
      </header>
      <main id="content" tabIndex={-1} className={styles['content']}>
        <Boundary key={location}>
          <Suspense fallback={<Loading />}>
            <Screens self={self} />
          </Suspense>
        </Boundary>
      </main>
    </div>
  )
}

/** The service of the address, or the last one, or the only one of the token. */
function useServiceId(self: Self): string | undefined {
  const [, parameters] = useRoute('/services/:serviceId/*?')
  const [last, setLast] = useState<string>()
  const current = parameters?.['serviceId']
  if (current && current !== last) setLast(current)
  return current ?? last ?? self.serviceId?.toString()
}

const numeric = /^\d+$/

function Screens({ self }: { self: Self }) {
  return (
    <Switch>
      <Route path="/">
        <Redirect to="/services" replace />
      </Route>
      {routes.map(({ Content, ...screen }) => (
        <Route key={screen.path} path={screen.path}>
          {mayShow(self, screen) ? (
            <Content />
          ) : (
            <Page title={screen.label}>
              <NoRight right={screen.right} />
            </Page>
          )}
        </Route>
      ))}
      <Route>
        <Page title={messages.notFound} description={messages.notFoundMore}>
          <p>
            <Link href="/">{messages.toStart}</Link>
          </p>
        </Page>
      </Route>
    </Switch>
  )
}

interface LinksProps {
  place: Screen['place']
  serviceId: string | undefined
  onFollow: () => void
}

function Links({ place, serviceId, onFollow }: LinksProps) {
  const self = useSelf()
  const [location] = useLocation()
  const links = useMemo(
    () =>
      screens
        .filter((screen) => screen.place === place && mayShow(self, screen))
        .map(({ path, label }) => ({ href: path.replace(':serviceId', serviceId ?? ''), label })),
    [place, self, serviceId],
  )
  const current = links
    .filter(({ href }) => location === href || isBelow(location, href))
    .sort((a, b) => b.href.length - a.href.length)[0]
  const title = place === 'service' ? messages.ofService : messages.ofInstallation
  if (links.length === 0) return null
  return (
    <div className={styles['group']}>
      {place === 'installation' && <p className={styles['groupName']}>{title}</p>}
      <ul aria-label={title}>
        {links.map(({ href, label }) => (
          <li key={href}>
            <Link
              href={href}
              className={styles['link'] ?? ''}
              onClick={onFollow}
              {...(current?.href === href ? { 'aria-current': 'page' as const } : {})}
            >
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** Screens of a service are not below the list of services. */
function isBelow(location: string, href: string): boolean {
  if (!location.startsWith(`${href}/`)) return false
  const [next = ''] = location.slice(href.length + 1).split('/')
  return !(href === '/services' && numeric.test(next))
}
