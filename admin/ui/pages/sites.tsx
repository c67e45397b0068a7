import type { Site } from '../../api/schemas/sites.ts'
import { useAsk } from '../ask.ts'
import { Failure } from '../call.ts'
import { Empty, ErrorBox, Stale } from '../parts/blank.tsx'
import { Button } from '../parts/button.tsx'
import { Light } from '../parts/light.tsx'
import { Main, PageHead } from '../parts/main.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { Tabs } from '../parts/tabs.tsx'
import { go, to, useQuery } from '../router.ts'
import { useMay, useSite } from '../session.ts'
import { useWords } from '../words/index.ts'
import { AddGatewayDialog } from './sites/add-gateway.tsx'
import { Gateways } from './sites/gateways.tsx'
import { Particulars } from './sites/particulars.tsx'
import { Plans } from './sites/plans.tsx'
import { SetupTextSection } from './sites/setup-text-section.tsx'
import { AddSiteDialog } from './sites/site-dialogs.tsx'
import { SplashSection } from './sites/splash-section.tsx'
import { Ways } from './sites/ways.tsx'

/** A shop's gateways, what is wrong with them in words, plans and splash page; one tab a shop. */
export function SitesPage({ id }: { id?: string | undefined }) {
  const { sites: w } = useWords()
  const mayChange = useMay('sites.change')
  const [query, setQuery] = useQuery()
  const { siteId } = useSite()
  const { data, failure, slow, again } = useAsk('GET /sites', { everyMs: 10_000 })
  const items = data?.items ?? []
  const site = items.find((one) => one.id === (id ?? siteId)) ?? (id ? undefined : items[0])
  const close = () => setQuery({ add: undefined })
  return (
    <Main title={w.title}>
      <PageHead
        title={w.title}
        about={
          data &&
          w.about(
            items.length,
            items.reduce((sum, one) => sum + one.gateways.total, 0),
          )
        }
      >
        {mayChange && (
          <>
            {site && (
              <Button icon="plus" onClick={() => setQuery({ add: 'gateway' }, { push: true })}>
                {w.addGateway}
              </Button>
            )}
            <Button icon="plus" onClick={() => setQuery({ add: 'site' }, { push: true })}>
              {w.addSite}
            </Button>
          </>
        )}
      </PageHead>
      {data && <Stale failure={failure} again={again} />}
      {!data && (failure ? <ErrorBox failure={failure} again={again} /> : slow && <Skeleton lines={10} />)}
      {data && items.length === 0 && <Empty title={w.none}>{w.noneHelp}</Empty>}
      {data && items.length > 0 && !site && (
        <ErrorBox failure={new Failure('site.not-found', '', 404)} again={() => go('/sites')} />
      )}
      {items.length > 1 && <SiteTabs sites={items} current={site?.id} />}
      {site && <OneSite key={site.id} site={site} again={again} />}
      {query.add === 'site' && (
        <AddSiteDialog
          onClose={close}
          onAdded={async (added) => {
            await again()
            go(`/sites/${added.id}?add=gateway`)
          }}
        />
      )}
      {query.add === 'gateway' && site && <AddGatewayDialog site={site} onClose={close} onAdded={again} />}
    </Main>
  )
}

function SiteTabs({ sites, current }: { sites: Site[]; current: string | undefined }) {
  const { sites: w } = useWords()
  return (
    <Tabs
      label={w.title}
      tabs={sites.map((site) => ({
        href: to(`/sites/${site.id}`),
        current: site.id === current,
        label: <Light state={lightOf(site)}>{site.name}</Light>,
        count: site.gateways.total ? w.answering(site.gateways.answering, site.gateways.total) : w.noGateways,
      }))}
    />
  )
}

const lightOf = ({ gateways: { answering, total } }: Site) =>
  total === 0 ? 'off' : answering === total ? 'ok' : answering === 0 ? 'bad' : 'warn'

function OneSite({ site, again }: { site: Site; again: () => Promise<void> }) {
  const nas = useAsk('GET /nas', { query: { site: site.id }, everyMs: 5000 })
  const plans = useAsk('GET /plans')
  const gateways = nas.data?.items ?? []
  const renew = async () => {
    await Promise.all([again(), nas.again()])
  }
  return (
    <div class="sites">
      <div>
        <Gateways site={site} nas={nas} renew={renew} />
        {gateways.length > 0 && <SetupTextSection siteId={site.id} gateways={gateways} />}
        <Plans site={site} plans={plans} />
      </div>
      <aside aria-labelledby="splash-h">
        <SplashSection site={site} again={again} />
        <Ways site={site} again={again} />
        <Particulars site={site} plans={plans.data?.items ?? []} again={again} />
      </aside>
    </div>
  )
}
